/**
 * Runs programs of a language suite compiled so that every operation that can enter code of the program is a suspension point. At each suspension the
 * continuation is encoded to bytes, dropped, decoded and resumed in the same realm. Fulfils the contract of a runner that calls `transform`, `prepare` and `wrap`.
 *
 * FLOWC_SUSPEND chooses: `always` (default), `never`, or `k/phase` for every k-th possible suspension.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { build } from "esbuild";
import { compileEverywhere } from "../../dist/transform/everywhere.js";
import { drive } from "./drive-why.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const PREFIX = '(function () { "use strict";\n';
const SUFFIX = "\n}).call(undefined);";

export const harness = "merged";

/** The compiled program as an expression: a function from the runtime to the program's main function. Throws SyntaxError, or an error marked `unsupported`. */
export function transform(source, filename) {
  const isFunction = source.startsWith(PREFIX) && source.endsWith(SUFFIX);
  const body = isFunction ? source.slice(PREFIX.length, -SUFFIX.length) : source;
  const text = `function $main() {\n${body}\n}`;
  const { code, diagnostics } = compileEverywhere(text, "program.js", { verify: process.env.FLOWC_VERIFY === "1" });
  const error = diagnostics.find((diagnostic) => diagnostic.severity === "error");
  if (error) throw refusal(error, filename);
  // What TypeScript lets pass and the language does not.
  void new vm.Script(`"use strict"; (${text})`, { filename });
  return wrapped(code);
}

function refusal(error, filename) {
  const text = `${error.code} ${error.message} (${filename}:${error.line})`;
  if (error.code.startsWith("TS")) return new SyntaxError(text);
  return Object.assign(new Error(text), { unsupported: true });
}

function wrapped(code) {
  const imported = /^import \{([^}]*)\} from "flowc\/runtime";$/m.exec(code);
  const body = imported ? code.replace(imported[0], "") : code;
  return `(function ($runtime) { "use strict"; const {${imported?.[1] ?? ""}} = $runtime;\n${body}\nreturn $main; })`;
}

const realms = new WeakMap();
let script;

/** Loads the runtime into a fresh realm. */
export async function prepare(context) {
  script ??= new vm.Script(await bundle(), { filename: "flowc-runtime.js" });
  const realm = script.runInContext(context)(require);
  // The table of built-ins is made at the first question, which has to come before the program changes any.
  realm.emitted.$lib(realm.Execution);
  realms.set(context, realm);
}

export function wrap({ code, context, runScript, filename, suspend = process.env.FLOWC_SUSPEND ?? "always" }) {
  const realm = realms.get(context);
  const main = runScript(code, filename)(realm.emitted);
  return drive(realm, main, { suspend, filename });
}

async function bundle() {
  const result = await build({
    entryPoints: [path.join(here, "realm.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node24",
    alias: { "flowc/runtime": path.join(here, "../../dist/runtime/emitted.js") },
    logLevel: "error",
  });
  return `(function (require) { const module = { exports: {} }; const exports = module.exports; ${result.outputFiles[0].text}\nreturn module.exports; })`;
}
