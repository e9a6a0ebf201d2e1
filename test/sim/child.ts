/** Runs `npm run sim` in a process of its own, as the tests need it: mutants are planted while the runtime loads, and programs register themselves for ever. */
import { execFile } from "node:child_process";
import path from "node:path";

export interface SimRun {
  readonly code: number;
  readonly output: string;
}

export function sim(...args: readonly string[]): Promise<SimRun> {
  const main = path.join(import.meta.dirname, "main.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
