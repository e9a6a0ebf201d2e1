/** The catalogue of everything flowc refuses or warns about, and how a diagnostic is shown. `docs/diagnostics.md` is generated from it. */
import path from "node:path";
import { ts } from "./ts.js";
import type { Diagnostic } from "./types.js";

interface Entry {
  readonly severity: "error" | "warning";
  /** `{name}` is filled in. */
  readonly message: string;
  readonly reason: string;
  readonly fix: string;
}

export const CATALOGUE = {
  FLOW1001: {
    severity: "error",
    message: "`{callee}` may suspend, but {barrier} cannot be suspended.",
    reason:
      "A suspension saves the frames of the functions that are running and resumes them later; JavaScript gives no way to leave and re-enter code of this kind.",
    fix: "Move the call into an ordinary function or method. From host code, start the workflow with `flow.start(…)`; inside a step, do the work directly.",
  },
  FLOW1002: {
    severity: "error",
    message: "The function handed to `{callee}` suspends at `{inner}`, and `{callee}` is not compiled by flowc.",
    reason: "The continuation would have to include a frame of foreign code, which cannot be saved.",
    fix: "Collect the values first and loop over them in plain code, or use an array method that flowc provides (map, forEach, filter, reduce, find, some, every, flatMap, sort).",
  },
  FLOW1003: {
    severity: "error",
    message: "`{callee}(…)` has to be called once, for a constant at the top of a module.",
    reason: "A step is found again by its name after a restart, so it needs a fixed place in the program.",
    fix: "Move it to `export const name = {callee}(…)` at module level, or use `perform(() => …)` for an inline step.",
  },
  FLOW1004: {
    severity: "error",
    message: "`{path}` ({type}) is live across `{callee}` at {at}, used again at {again}, and cannot be saved.",
    reason: "What is needed after a suspension is saved with it, and {why}.",
    fix: "{fix} Constants at the top of a module are not saved and can be used anywhere.",
  },
  FLOW1006: {
    severity: "warning",
    message: "`{name}` is a module-level variable that workflow code assigns; it is not part of the run.",
    reason: "Module state belongs to the process: it is lost with it and shared by all runs.",
    fix: "Keep the value in a local variable, or in an object that the workflow passes on.",
  },
  FLOW1007: {
    severity: "error",
    message: "`{name}` is a name that emitted code uses for itself.",
    reason: "Both would be declared in the same module.",
    fix: "Give it another name.",
  },
  FLOW1008: {
    severity: "error",
    message: "`{path}` ({type}) is {role} `{callee}` at {at}, and cannot be saved.",
    reason:
      "What a step is called with is saved before it starts, what it answers is saved before the workflow goes on, and {why}.",
    fix: "{fix} Hand over, and answer, the data that is needed.",
  },
  FLOW1009: {
    severity: "error",
    message: "`{path}` ({type}) of a function given to `{callee}` at {at} cannot be saved.",
    reason: "Each function runs as a strand of its own, what it answers is kept until the others have ended, and {why}.",
    fix: "{fix} Answer the data that is needed.",
  },
  FLOW1010: {
    severity: "error",
    message:
      "`overlap` takes a function literal written in its place: an arrow function or function expression that is neither async nor a generator.",
    reason:
      "The calls in the function overlap because its code is compiled for that; the same function called elsewhere would have to be other code.",
    fix: "Write `overlap(() => { … })`. What is in another function overlaps as a whole: `overlap(() => { const a = f(); const b = g(); return [a, b]; })`.",
  },
  FLOW2002: {
    severity: "error",
    message: "Not supported in a function that can suspend: {what}.",
    reason: "It cannot be taken apart at a suspension without changing what it does.",
    fix: "Write it in another way, or move it into a function that cannot suspend.",
  },
  FLOW2004: {
    severity: "error",
    message:
      "A closure in the parameter list of an async function or of one in a namespace captures the changing variable `{name}`.",
    reason:
      "The variable has to be shared between the frame and the closure, and the parameter list is evaluated before there is a frame.",
    fix: "Move the default value into the body.",
  },
  FLOW2005: {
    severity: "error",
    message: "`await using`, and `using` in the head of a loop, are not supported in a function that can suspend.",
    reason: "The one waits for a promise, which belongs to the process; the other has no block of its own.",
    fix: "Dispose of it inside a step; in a loop declare it in the body.",
  },
  FLOW2006: {
    severity: "error",
    message: "Direct `eval` in a function that can suspend is not supported.",
    reason: "Its text can name the variables of the function, which have other names and places in compiled code.",
    fix: "Use `(0, eval)(text)`, which sees global names only, or pass what the text needs to `new Function`.",
  },
} as const satisfies Record<string, Entry>;

export type DiagnosticCode = keyof typeof CATALOGUE;

/** What is refused in a function that keeps the form of its source, and not in one that is full. */
const LIGHT_ONLY: ReadonlySet<DiagnosticCode> = new Set(["FLOW2002", "FLOW2004", "FLOW2005"]);

/** What is refused for the values a program holds, and not for its form. */
const ABOUT_VALUES: ReadonlySet<string> = new Set<DiagnosticCode>(["FLOW1004", "FLOW1008", "FLOW1009"]);

/** Collects diagnostics while the passes run. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  constructor(readonly cwd: string) {}

  /** Where something was refused that another form of the function around it can do. */
  readonly refused: ts.Node[] = [];

  report(code: DiagnosticCode, node: ts.Node, values: Readonly<Record<string, string>> = {}): void {
    if (LIGHT_ONLY.has(code)) this.refused.push(node);
    const entry: Entry = CATALOGUE[code];
    const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
    this.#push(
      { code, severity: entry.severity, message: fill(entry.message), reason: fill(entry.reason), fix: fill(entry.fix) },
      node.getSourceFile(),
      node.getStart(),
    );
  }

  /** TypeScript's own diagnostics. */
  addTypeScript(diagnostics: readonly ts.Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const severity = diagnostic.category === ts.DiagnosticCategory.Error ? "error" : "warning";
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
      this.#push(
        { code: `TS${diagnostic.code}`, severity, message, reason: "", fix: "" },
        diagnostic.file,
        diagnostic.start ?? 0,
      );
    }
  }

  get hasErrors(): boolean {
    return this.list.some((diagnostic) => diagnostic.severity === "error");
  }

  /** Something cannot be lowered; a value that cannot be saved is no reason to stop, so that all of them are told at once. */
  get stopsLowering(): boolean {
    return this.list.some(({ severity, code }) => severity === "error" && !ABOUT_VALUES.has(code));
  }

  #push(
    what: Pick<Diagnostic, "code" | "severity" | "message" | "reason" | "fix">,
    file: ts.SourceFile | undefined,
    start: number,
  ): void {
    if (!file) {
      this.list.push({ ...what, file: undefined, line: 0, column: 0, source: "" });
      return;
    }
    const at = file.getLineAndCharacterOfPosition(start);
    const known = path.relative(this.cwd, file.fileName);
    const duplicate = this.list.some(
      (other) =>
        other.code === what.code &&
        other.file === known &&
        other.line === at.line + 1 &&
        other.column === at.character + 1 &&
        other.message === what.message,
    );
    if (!duplicate)
      this.list.push({ ...what, file: known, line: at.line + 1, column: at.character + 1, source: lineText(file, at.line) });
  }
}

/** The text of a 0-based line. */
export function lineText(file: ts.SourceFile, line: number): string {
  const starts = file.getLineStarts();
  return file.text.slice(starts[line], starts[line + 1]).replace(/\r?\n$/, "");
}

/** A diagnostic as a person reads it: place, code, sentence, code frame, reason, way out. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const place = diagnostic.file ? `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}: ` : "";
  const lines = [`${place}${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}`];
  if (diagnostic.source.trim() !== "") {
    const gutter = String(diagnostic.line);
    lines.push(
      `  ${gutter} | ${diagnostic.source}`,
      `  ${" ".repeat(gutter.length)} | ${" ".repeat(Math.max(0, diagnostic.column - 1))}^`,
    );
  }
  if (diagnostic.reason) lines.push(`  why: ${diagnostic.reason}`);
  if (diagnostic.fix) lines.push(`  fix: ${diagnostic.fix}`);
  return lines.join("\n");
}

/** The catalogue as a page: `docs/diagnostics.md`. */
export function catalogueMarkdown(): string {
  const entries = Object.entries(CATALOGUE as Record<string, Entry>).map(([code, entry]) =>
    [`## ${code}`, `${entry.severity}: ${entry.message}`, `**Why.** ${entry.reason}`, `**What to do.** ${entry.fix}`].join(
      "\n\n",
    ),
  );
  const head = [
    "# Diagnostics",
    "Everything flowc refuses or warns about when it compiles. `FLOW1…` is refused for good, `FLOW2…` is not supported yet. Words in braces are filled in.",
    "What only a run can know is a typed error at run time instead: see [the command line](cli.md) for their exit codes.",
    "This page is generated from `src/transform/diagnostics.ts` by `npm run fixtures:update`.",
  ];
  return `${[...head, ...entries].join("\n\n")}\n`;
}
