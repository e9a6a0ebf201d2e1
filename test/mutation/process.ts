/** Child processes that cannot outlive their patience, nor take all memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Ended {
  readonly code: number | null;
  /** What it wrote, errors included. */
  readonly output: string;
  /** It was killed for having been silent for too long. */
  readonly silent: boolean;
}

/** Runs a script with Node, until it ends or is silent for longer than `patienceMs`. What it started is killed with it. */
export async function run(script: readonly string[], cwd: string, patienceMs: number): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", NODE_OPTIONS: "--max-old-space-size=1536" };
  // The leader of a group of its own, so that the whole group can be killed.
  const child = spawn(process.execPath, [...script], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const kill = (): void => killGroup(child.pid!);
  process.once("exit", kill);
  let output = "";
  let silent = false;
  const giveUp = (): void => {
    silent = true;
    kill();
  };
  let timer = setTimeout(giveUp, patienceMs);
  const note = (text: string): void => {
    output += text;
    clearTimeout(timer);
    timer = setTimeout(giveUp, patienceMs);
  };
  child.stdout.setEncoding("utf8").on("data", note);
  child.stderr.setEncoding("utf8").on("data", note);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  process.off("exit", kill);
  return { code, output, silent };
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
