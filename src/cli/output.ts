import pc from "picocolors";

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

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

  /** The one line a failed command ends with. `facts` go into the JSON form. */
  error({ code, message, ...facts }: Problem): void {
    if (this.json) this.data({ error: { code, message, ...facts } });
    else process.stderr.write(`${this.color.red("error:")} ${message.replaceAll("\n", " ")}\n`);
  }
}
