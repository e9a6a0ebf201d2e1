import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Frames of flowc itself say nothing about the program; maps lead from dist to src. */
const own = [path.join(root, "dist"), path.join(root, "src")].map((folder) => folder + path.sep);

/** Where the program threw this error, `checkout.ts:12:9`: the first frame of its stack that is the program's own. `undefined` when there is none. */
export function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const line of error.stack?.split("\n").slice(1) ?? []) {
    const [, file, at] = /(?:\(|at )(?:file:\/\/)?(\/[^()]*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    if (file !== undefined && !isForeign(file)) return `${path.relative(process.cwd(), file)}:${at}`;
  }
  return undefined;
}

function isForeign(file: string): boolean {
  return own.some((folder) => file.startsWith(folder)) || file.split(path.sep).includes("node_modules");
}
