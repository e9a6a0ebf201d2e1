/** Everything `npm run ci` looks at besides the tests. Runs all checks even when one fails, and names the failed ones at the end. */
import "./lib/pinned-node.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { inRoot } from "./lib/root.mjs";

const packed = inRoot(".cache/packed");

/** @type {[name: string, run: () => boolean][]} */
const checks = [
  ["build", () => run("node", "scripts/build.mjs")],
  ["format", () => run("prettier", "--check", "--log-level", "warn", ".")],
  ["types, tests and scripts included", () => run("tsc", "--noEmit")],
  ["lint", () => run("oxlint", "--type-aware")],
  ["dead code", () => run("knip")],
  ["pack", pack],
  ["package: publint", () => run("publint", "run", tarball(), "--strict")],
  ["package: are the types wrong", () => run("attw", tarball(), "--profile", "esm-only")],
];

const failed = checks.filter(([name, check]) => !timed(name, check)).map(([name]) => name);
console.log(failed.length === 0 ? `all ${checks.length} checks passed` : `failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * @param {string} name
 * @param {() => boolean} check
 */
function timed(name, check) {
  const started = performance.now();
  const ok = check();
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return ok;
}

/**
 * Runs a command of node_modules/.bin, which npm puts first on the path.
 * @param {string} command
 * @param {string[]} arguments_
 */
function run(command, ...arguments_) {
  return spawnSync(command, arguments_, { cwd: inRoot(), stdio: "inherit" }).status === 0;
}

function pack() {
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  return run("npm", "pack", "--silent", "--pack-destination", packed);
}

function tarball() {
  return `${packed}/${readdirSync(packed).find((name) => name.endsWith(".tgz")) ?? "missing.tgz"}`;
}
