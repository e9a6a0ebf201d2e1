import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs `body` while no other process does, so that two builds started at once do not write over each other.
 * @param {string} file the lock; it holds the owner's process id
 * @param {() => Promise<void>} body
 */
export async function withLock(file, body) {
  mkdirSync(path.dirname(file), { recursive: true });
  while (!take(file)) await delay(100);
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    await body();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    const handle = openSync(file, "wx");
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch {
    if (!ownerAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function ownerAlive(file) {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    // An owner that has not written its id yet is alive.
    if (owner > 0) process.kill(owner, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
