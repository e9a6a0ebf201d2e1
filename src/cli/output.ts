import pc from "picocolors";
import { codeOf } from "./exit.js";

/** Where a command writes: plain lines for a person, or with `--json` one JSON value a line and nothing else. */
export class Output {
  constructor(
    readonly json: boolean,
    readonly color: typeof pc = pc,
  ) {}

  /** A spinner only makes sense where the line can be written again. */
  get live(): boolean {
    return !this.json && process.stderr.isTTY;
  }

  /** For a person; says nothing with `--json`. */
  line(text = ""): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text);
  }

  /** For a program; says nothing without `--json`. */
  data(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Beside the point of the command: warnings, progress. */
  aside(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  error(error: unknown): void {
    const message = messageOf(error);
    if (this.json) this.data({ error: { code: codeOf(error) ?? "FLOW_INTERNAL", message } });
    else process.stderr.write(`${this.color.red("error:")} ${message}\n`);
    if (process.env.FLOWC_DEBUG && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  }
}

/** One line, with what caused it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replaceAll("\n", " ");
}
