/** Small workflow programs that the tests of the command line run. */
export const greet = `
import { sleep, step } from "flowc";

const shout = step((name: string) => name.toUpperCase());

export function greet(name: string): string {
  const loud = shout(name);
  sleep(1);
  return "hello " + loud;
}
`;

/** Waits for messages between counted steps; every step leaves a line in a file. */
export const mailbox = `
import { appendFileSync } from "node:fs";
import { CancelledError, channel, step } from "flowc";

const note = step((file: string, line: string) => appendFileSync(file, line + "\\n"));
const Word = channel<string>("word");

export function mailbox(file: string): string[] {
  const words: string[] = [];
  try {
    note(file, "begin");
    while (words.length < 2) {
      const word = Word.receive();
      words.push(word);
      note(file, word);
    }
    return words;
  } catch (error) {
    if (error instanceof CancelledError) note(file, "cancelled: " + error.message);
    throw error;
  }
}
`;

/** Fails until a file exists, so that a retry can succeed. */
export const fragile = `
import { existsSync } from "node:fs";
import { step } from "flowc";

const open = step((file: string) => { if (!existsSync(file)) throw new Error("there is no " + file); return "open"; }, { retry: false });

export function fragile(file: string): string {
  const before = "kept";
  const state = open(file);
  return before + " " + state;
}
`;

/** Many strands, all of which wait for a message; every third within a strand of its own. */
export const crowd = `
import { all, channel, map } from "flowc";

const Go = channel<string>("go");

export function crowd(count: number): string[] {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return map(numbers, (at) => (at % 3 === 0 ? all([() => Go.receive()])[0] : Go.receive() + at));
}
`;
