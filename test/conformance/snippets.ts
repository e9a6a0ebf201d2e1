/** Runs a snippet through the adapter, as a runner of a language suite does. */
import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { prepare, transform, wrap } from "./adapter.mjs";

export const SNIPPETS = path.resolve(import.meta.dirname, "../../fixtures/conformance");

const PATIENCE_MS = 8_000;
const VARIANTS = ["never", "always", "2/1"] as const;

const HARNESS = `
function fail(message) { throw new Error(message); }
const assert = {
  same(actual, expected, what) { if (!Object.is(actual, expected)) fail(what + ": " + String(actual) + " instead of " + String(expected)); },
  list(actual, expected) { assert.same(actual.join(" "), expected, "order"); },
  throws(kind, body) { try { body(); } catch (e) { assert.same(e.constructor, kind, "kind of error"); return; } fail("nothing was thrown"); },
};
`;

/** What the first assertion that does not hold says, native included; `undefined` when all hold. */
export async function runSnippet(name: string): Promise<string | undefined> {
  const text = HARNESS + readFileSync(path.join(SNIPPETS, name), "utf8");
  const script = `(function () { "use strict";\n${text}\n}).call(undefined);`;
  const native = attempt(() => vm.runInNewContext(script, {}, { timeout: PATIENCE_MS }));
  if (native !== undefined) return `native: ${native}`;
  const code = transform(text, name);
  for (const variant of VARIANTS) {
    const context = vm.createContext({});
    await prepare(context);
    const runScript = (source: string, filename: string): unknown => new vm.Script(source, { filename }).runInContext(context);
    context["$run"] = () => void wrap({ code, context, runScript, filename: name, suspend: variant });
    const failed = attempt(() => vm.runInContext("$run()", context, { timeout: PATIENCE_MS }));
    if (failed !== undefined) return `${variant}: ${failed}`;
  }
  return undefined;
}

function attempt(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return String((error as Error | undefined)?.message ?? error);
  }
}
