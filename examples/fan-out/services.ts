import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { step, stepContext } from "flowc";

export const list = step(async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => file.endsWith(".txt")).sort(),
);

export const read = step((folder: string, file: string) => readFile(path.join(folder, file), "utf8"));

export const countWords = step((text: string) => text.split(/\s+/).filter((word) => word !== "").length);

export const longestLine = step((text: string) => Math.max(...text.split("\n").map((line) => line.length)));

/** Stands for two services: one that answers at once and refuses long titles, and one that takes its time. */
export const translate = step(
  async (service: "quick" | "thorough", title: string): Promise<string> => {
    if (service === "thorough") await wait(300, undefined, { signal: stepContext().signal });
    else if (title.length > 20) throw new RangeError("too long for me");
    return title.toUpperCase();
  },
  { retry: false },
);

export const publish = step(async (file: string, lines: readonly string[]): Promise<string> => {
  await writeFile(file, `${lines.join("\n")}\n`);
  return lines.at(-1) ?? "";
});
