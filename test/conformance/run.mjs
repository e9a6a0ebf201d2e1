/**
 * `npm run conformance [-- paths…] [--list file] [--write]`: runs tests of the language suite in the folder TEST262 and compares them with what passed before.
 * With `--write` the tests that were run are recorded as they are now.
 */
import "../../scripts/lib/pinned-node.mjs";
import { fork } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const RECORD = path.join(here, "passes.txt.gz");
const SECONDS_PER_TEST = 30;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "string" }, write: { type: "boolean", default: false } },
});
const root = process.env["TEST262"];
if (root === undefined || !existsSync(path.join(root, "harness", "assert.js")))
  fail("TEST262 has to name a folder with a copy of test262 (its harness/assert.js was not found).");
const tests = selected();
if (tests.length === 0) fail("No tests were selected.");

/** @type {Map<string, { status: string, why?: string, suspensions?: number }>} */
const results = new Map();
let next = 0;
await Promise.all(Array.from({ length: Math.min(availableParallelism(), tests.length) }, work));
report();

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}

/** @returns {string[]} */
function selected() {
  const listed = values.list === undefined ? undefined : readFileSync(values.list, "utf8").split("\n").filter(Boolean);
  const wanted = (positionals.length > 0 ? positionals : ["language"]).map((name) =>
    name.startsWith("test/") ? name : `test/${name}`,
  );
  if (listed) return positionals.length > 0 ? listed.filter((test) => wanted.some((prefix) => test.startsWith(prefix))) : listed;
  return wanted.flatMap(testsIn).sort();
}

/** @param {string} relative @returns {string[]} */
function testsIn(relative) {
  const full = path.join(/** @type {string} */ (root), relative);
  if (!existsSync(full)) fail(`${relative} is not in ${root}.`);
  if (!statSync(full).isDirectory()) return [relative];
  return readdirSync(full).flatMap((name) => {
    if (name.includes("_FIXTURE")) return [];
    const inner = `${relative.replace(/\/$/, "")}/${name}`;
    return name.endsWith(".js") || statSync(path.join(/** @type {string} */ (root), inner)).isDirectory() ? testsIn(inner) : [];
  });
}

/** One process after the other takes tests until none is left; one that hangs or dies is replaced. */
async function work() {
  while (next < tests.length) await oneWorker();
}

/** @returns {Promise<void>} */
function oneWorker() {
  return new Promise((resolve) => {
    const child = fork(path.join(here, "worker.mjs"), {
      execArgv: ["--stack-size=900", "--no-warnings"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    /** @type {string | undefined} */
    let current;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let watch;
    const give = () => {
      clearTimeout(watch);
      current = tests[next++];
      if (current === undefined) return child.disconnect();
      watch = setTimeout(() => child.kill("SIGKILL"), SECONDS_PER_TEST * 1000);
      child.send(current);
    };
    child.on("message", (message) => {
      const { test, ...result } = /** @type {{ test?: string, status: string }} */ (message);
      if (test !== undefined) results.set(test, result);
      give();
    });
    child.on("exit", () => {
      clearTimeout(watch);
      if (current !== undefined && !results.has(current))
        results.set(current, { status: "crash", why: `no answer within ${SECONDS_PER_TEST} seconds, or the process died` });
      resolve();
    });
  });
}

function report() {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { status } of results.values()) counts[status] = (counts[status] ?? 0) + 1;
  const passing = [...results].filter(([, { status }]) => status === "pass");
  const suspensions = passing.reduce((sum, [, result]) => sum + (result.suspensions ?? 0), 0);
  const suspended = passing.filter(([, result]) => (result.suspensions ?? 0) > 0).length;
  for (const [test, { status, why }] of [...results].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (status !== "pass" && status !== "skip") console.log(`${status}  ${test}  ${why ?? ""}`);
  console.log(
    Object.entries(counts)
      .map(([status, count]) => `${count} ${status}`)
      .join(", "),
  );
  console.log(`${suspensions} suspensions; ${suspended} of ${passing.length} passing tests suspended`);
  const before = existsSync(RECORD)
    ? new Set(gunzipSync(readFileSync(RECORD)).toString().split("\n").filter(Boolean))
    : new Set();
  const lost = [...results].filter(([test, { status }]) => status !== "pass" && before.has(test));
  for (const [test] of lost) console.log(`passed before: ${test}`);
  if (values.write) {
    for (const [test, { status }] of results)
      if (status === "pass") before.add(test);
      else before.delete(test);
    writeFileSync(RECORD, gzipSync([...before].sort((a, b) => (a < b ? -1 : 1)).join("\n") + "\n", { level: 9 }));
  } else if (lost.length > 0) process.exitCode = 1;
}
