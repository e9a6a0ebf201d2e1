/** Runs tests of the language suite that arrive as messages, one after the other, each in a realm of its own. */
import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { prepare, transform, wrap } from "./adapter.mjs";
import { metadataOf } from "./metadata.mjs";

const root = process.env["TEST262"] ?? "";
/** @type {Map<string, string>} */
const includes = new Map();

/** @param {string} name */
function include(name) {
  const known = includes.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(path.join(root, "harness", name), "utf8");
  includes.set(name, text);
  return text;
}

/** @returns {vm.Context} */
function realm() {
  const context = vm.createContext({});
  const global = vm.runInContext("this", context);
  const host = vm.runInContext("({})", context);
  Object.assign(host, {
    global,
    createRealm: () => vm.runInContext("$262", realm()),
    evalScript: (/** @type {string} */ text) => vm.runInContext(text, context),
    gc: () => undefined,
    detachArrayBuffer: (/** @type {ArrayBuffer} */ buffer) => void structuredClone(buffer, { transfer: [buffer] }),
  });
  Object.defineProperty(global, "$262", { value: host, writable: true, configurable: true });
  Object.defineProperty(global, "print", { value: () => undefined, writable: true, configurable: true });
  return context;
}

/** Flags of tests that need what a strict function body is not. */
const OUT_OF_SCOPE = ["module", "raw", "noStrict", "async", "CanBlockIsFalse"];

/** @param {string} test @returns {Promise<{ status: string, why?: string, suspensions?: number }>} */
async function run(test) {
  const text = readFileSync(path.join(root, test), "utf8");
  const { flags, includes: wanted, negative } = metadataOf(text);
  const skipped = OUT_OF_SCOPE.find((flag) => flags.includes(flag));
  if (skipped !== undefined) return { status: "skip", why: skipped };
  const harness = [...new Set(["assert.js", "sta.js", ...wanted])].map(include).join("\n");
  const source = `(function () { "use strict";\n${harness}\n${text}\n}).call(undefined);`;
  let phase = "parse";
  try {
    const code = transform(source, test);
    const context = realm();
    await prepare(context);
    phase = "runtime";
    const runScript = (/** @type {string} */ body, /** @type {string} */ filename) =>
      new vm.Script(body, { filename }).runInContext(context);
    const { suspensions } = wrap({ code, context, runScript, filename: test });
    return negative ? { status: "fail", why: `expected ${negative.type}, completed` } : { status: "pass", suspensions };
  } catch (error) {
    return judge(error, phase, negative);
  }
}

/** @param {unknown} error @param {string} phase @param {{ phase: string, type: string } | undefined} negative */
function judge(error, phase, negative) {
  const thrown =
    /** @type {{ constructor?: { name?: string }, name?: string, message?: string, unsupported?: boolean } | undefined} */ (
      error
    );
  const name = thrown?.constructor?.name ?? thrown?.name ?? typeof error;
  const why = `${phase}: ${name}: ${String(thrown?.message).slice(0, 200)}`;
  if (thrown?.unsupported) return { status: "unsupported", why };
  if (!negative) return { status: "fail", why };
  const early = negative.phase !== "runtime";
  return name === negative.type && (!early || phase === "parse") ? { status: "pass" } : { status: "fail", why };
}

async function answer(test) {
  const result = await run(String(test)).catch((error) => ({ status: "crash", why: String(error) }));
  process.send?.({ test, ...result });
}

process.on("message", (test) => void answer(test));
process.send?.({ ready: true });
