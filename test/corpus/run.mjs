/** Runs one library's program as it is, and compiled: suspended as often as can be and restored each time, and never suspended. */
import { inspect } from "node:util";
import vm from "node:vm";
import { prepare, transform, wrap } from "../conformance/adapter.mjs";
import { bundle, versionOf } from "./bundle.mjs";

/** Every possible suspension up to the first 10,000; from then on only some, so that a library takes seconds. */
const DENSE = 10_000;
const EVERY = 97;

/** @returns what happened: sizes, counts, times, and for each way of running the program how its result differs from the native one. */
export async function run(library, { dense = DENSE, every = EVERY } = {}) {
  const source = await bundle(library);
  const native = await nativeResult(source);
  const started = performance.now();
  const code = transform(source, `${library}.js`);
  const compiled = performance.now();
  const straight = await compiledResult(code, library, "never");
  const ended = performance.now();
  const suspended = await compiledResult(code, library, `first:${dense},then:${every}`);
  return {
    library,
    version: versionOf(library),
    bytes: Buffer.byteLength(source),
    result: native.text.length,
    ...suspended.counts,
    differences: [
      difference("straight", native.text, straight.text),
      difference("suspended", native.text, suspended.text),
    ].filter(Boolean),
    seconds: {
      compile: seconds(started, compiled),
      straight: seconds(compiled, ended),
      suspended: seconds(ended, performance.now()),
    },
  };
}

function seconds(from, to) {
  return Math.round((to - from) / 100) / 10;
}

async function nativeResult(source) {
  const { context, text } = realm();
  vm.runInContext(`(function () { "use strict";\n${source}\n}).call(undefined);`, context);
  return { text: text() };
}

async function compiledResult(code, library, suspend) {
  const { context, text } = realm();
  await prepare(context);
  const runScript = (script, filename) => vm.runInContext(script, context, { filename });
  try {
    const counts = wrap({ code, context, runScript, filename: `${library}.js`, suspend });
    return { counts, text: text() };
  } catch (error) {
    return { counts: {}, text: `threw ${error?.stack ?? inspect(error)}` };
  }
}

/** A fresh realm with the function that programs hand their result to. */
function realm() {
  const results = [];
  const context = vm.createContext({ report: (value) => void results.push(value) });
  return { context, text: () => results.map((value) => JSON.stringify(value, undefined, 1) ?? "undefined").join("\n") };
}

/** Where two results part, or nothing. */
function difference(way, expected, actual) {
  if (expected === actual) return undefined;
  let at = 0;
  while (expected[at] === actual[at]) at++;
  const from = Math.max(0, at - 60);
  return { way, at, expected: expected.slice(from, at + 100), actual: actual.slice(from, at + 400) };
}
