import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { step } from "flowc";

export interface Analysis {
  readonly rows: number;
  /** Rows that are not numbers throughout. */
  readonly unreadable: number;
  /** Mean of each column over the readable rows. */
  readonly means: readonly number[];
}

export const ingest = step(async (file: string): Promise<string[][]> => {
  const [, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line) => line.split(","));
});

export const analyse = step((rows: string[][]): Analysis => {
  const readable = rows.map((row) => row.map(Number)).filter((row) => row.every(Number.isFinite));
  const [first = []] = readable;
  const means = first.map((_, column) => readable.reduce((sum, row) => sum + (row[column] ?? 0), 0) / readable.length);
  return { rows: rows.length, unreadable: rows.length - readable.length, means };
});

export const save = step((folder: string, analysis: Analysis) => write(folder, "analysis.json", `${JSON.stringify(analysis)}\n`));

export const describe = step((folder: string, { rows, unreadable }: Analysis) =>
  write(folder, "problems.md", `${unreadable} of ${rows} rows are not numbers.\n`),
);

export const report = step(async (folder: string, verdict: string, file: string): Promise<string> => {
  const line = `${verdict}: see ${path.basename(file)}`;
  await appendFile(path.join(folder, "report.txt"), `${line}\n`);
  return line;
});

async function write(folder: string, name: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}
