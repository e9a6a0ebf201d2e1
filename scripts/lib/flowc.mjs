import { spawn } from "node:child_process";
import { once } from "node:events";
import { endWithParent } from "./children.mjs";
import { inRoot } from "./root.mjs";

/**
 * Starts the command line as a child process on this very Node.
 * @param {readonly string[]} arguments_
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 */
export function startFlowc(arguments_, options) {
  return startNode([inRoot("bin/flowc.mjs"), ...arguments_], options);
}

/**
 * Starts a child process on this very Node.
 * @param {readonly string[]} arguments_
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 */
export function startNode(arguments_, { env = {}, cwd = inRoot() } = {}) {
  const child = spawn(process.execPath, [...arguments_], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithParent(child);
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.stderr += text));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...said }));

  return {
    child,
    said,
    /** @type {Promise<{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }>} */
    ended,
    /**
     * Resolves when stdout matches; rejects when the process ends before it does.
     * @param {RegExp} pattern
     */
    async says(pattern) {
      while (!pattern.test(said.stdout)) {
        const over = await Promise.race([once(child.stdout, "data").then(() => false), ended.then(() => true)]);
        if (over && !pattern.test(said.stdout))
          throw new Error(`the process ended before it said ${pattern}:\n${said.stdout}\n${said.stderr}`);
      }
    },
    /** As `kill -9` does: the process gets no chance to do anything. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * Runs the command line to its end.
 * @param {readonly string[]} arguments_
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 */
export function flowc(arguments_, options) {
  return startFlowc(arguments_, options).ended;
}
