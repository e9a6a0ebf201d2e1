/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();

// What this process started does not outlive it.
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** @param {import("node:child_process").ChildProcess} child */
export function endWithParent(child) {
  children.add(child);
  child.once("exit", () => children.delete(child));
}
