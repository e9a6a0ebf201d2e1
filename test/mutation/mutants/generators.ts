/** Generator objects, and what passes through `yield`. */
import type { Mutant } from "../mutant.ts";

export const GENERATORS: readonly Mutant[] = [
  {
    name: "return-skips-finally",
    what: "`return()` of a generator ends it without running its finally blocks",
    file: "src/runtime/generators.ts",
    find: 'if (!state.started && mode !== "next") {',
    replace: 'if (mode === "return" || (!state.started && mode !== "next")) {',
  },
  {
    name: "sent-value-lost",
    what: "what `next(value)` sends does not arrive at `yield`",
    file: "src/runtime/generators.ts",
    find: 'how === "return" ? new ReturnRequest(value) : value;',
    replace: 'how === "return" ? new ReturnRequest(value) : how === "throw" ? value : undefined;',
  },
  {
    name: "throw-is-next",
    what: "`throw(error)` goes on with the error as the value of `yield`",
    file: "src/runtime/generators.ts",
    find: 'how === "throw" ? RESUME_THROW : RESUME_NEXT',
    replace: 'how !== "throw" ? RESUME_NEXT : RESUME_NEXT',
  },
  {
    name: "results-wrapped-twice",
    what: "`yield*` hands out the inner iterator's result as a value",
    file: "src/runtime/generators.ts",
    find: "return state.raw ? (value as { value: unknown; done: boolean }) : { value, done: false };",
    replace: "return { value, done: false };",
  },
  {
    name: "generator-reentered",
    what: "a running generator can be resumed",
    file: "src/runtime/generators.ts",
    find: "if (state.running) throw",
    replace: "if (state.running && state.done) throw",
  },
  {
    name: "delegated-return-goes-on",
    what: "`return()` during `yield*` ends the inner iterator only",
    file: "src/runtime/lib/generator.ts",
    find: "return { done: true, returns: isReturn, value:",
    replace: "return { done: true, returns: false, value:",
  },
  {
    name: "unthrowable-left-open",
    what: "`throw()` during `yield*` over an iterator without `throw` does not close it",
    file: "src/runtime/lib/generator.ts",
    find: "close(record);\n    throw",
    replace: "throw",
  },
];
