import { appendFile } from "node:fs/promises";
import { step } from "flowc";

export const beat = step(async (log: string, count: number): Promise<void> => {
  await appendFile(log, `beat ${count}\n`);
});

export const cleanUp = step(async (log: string, beats: number): Promise<void> => {
  await appendFile(log, `cleaned up after ${beats} beats\n`);
});
