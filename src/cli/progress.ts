import yoctoSpinner, { type Spinner } from "yocto-spinner";
import type { ConsoleLine } from "../runtime/console.js";
import type { Commit, JournalEntry } from "../runtime/store/store.js";
import { isShown, levelOf, type Level } from "./log/levels.js";
import type { Output } from "./output.js";
import { oneLine, span } from "./text.js";

/** Shows the steps of runs as they happen: lines, and on a terminal a spinner for what is waited for now. With `--json` the journal itself. */
export class Progress {
  readonly #out: Output;
  readonly #spinner: Spinner | undefined;
  readonly #endings: boolean;
  readonly #least: Level | undefined;
  /** What each run waits for, as it was last said. */
  readonly #waiting = new Map<string, string>();

  /**
   * `endings`: also say how runs end, for commands that do not print the outcome themselves. `least`: nothing less important is shown to people; `undefined`: nothing at
   * all. With `--json` everything is there.
   */
  constructor(out: Output, { endings, least }: { readonly endings: boolean; readonly least: Level | undefined }) {
    this.#endings = endings;
    this.#least = least;
    this.#out = out;
    this.#spinner = out.live && this.#shows("info") ? yoctoSpinner({ stream: process.stderr }) : undefined;
  }

  /** `label` is put before each line: the run, when there are several. */
  show(commit: Commit, label = ""): void {
    for (const entry of commit.journal) {
      this.#out.data({ run: commit.run, ...entry });
      const text = describe(entry) ?? (this.#endings ? describeEnd(entry) : undefined);
      if (text !== undefined) this.#print(label + text, levelOf(entry));
    }
    this.wait(commit, label);
  }

  stop(): void {
    this.#spinner?.stop();
  }

  /** What the body of a step has written to the console. `label`: see `show`. */
  said({ run, step, attempt, level, text }: ConsoleLine, label = ""): void {
    // Workflow code is heard through its commits.
    if (step === undefined) return;
    this.#out.data({ run, at: Date.now(), kind: "log", data: { step, attempt, level, text } });
    this.#print(label + says(`${step}: ${text}`), level);
  }

  /** What a run waits for now, when it is something else than before. */
  wait({ waitingFor, run }: Pick<Commit, "waitingFor" | "run">, label = ""): void {
    if (waitingFor === (this.#waiting.get(run) ?? "")) return;
    if (waitingFor === "") this.#waiting.delete(run);
    else this.#waiting.set(run, waitingFor);
    if (this.#spinner !== undefined) {
      if (waitingFor === "") this.#spinner.stop();
      else this.#spinner.start(label + waitingFor);
      return;
    }
    // Steps announce themselves when they are done, those of several strands, too; only longer waits are worth a line.
    if (waitingFor === "" || /^(step |perform|(all|settle|race|any|map) of )/.test(waitingFor)) return;
    this.#out.data({ run, kind: "run.waiting", data: { for: waitingFor } });
    this.#print(`${label}waiting    ${waitingFor}`, "info");
  }

  #shows(level: Level): boolean {
    return this.#least !== undefined && isShown(level, this.#least);
  }

  #print(text: string, level: Level): void {
    if (!this.#shows(level)) return;
    const spinning = this.#spinner?.isSpinning === true ? this.#spinner.text : undefined;
    this.#spinner?.stop();
    // Of several lines, the others stand below what the first one says.
    this.#out.line(text.replaceAll("\n", `\n${" ".repeat(VERB_WIDTH)}`));
    if (spinning !== undefined) this.#spinner?.start(spinning);
  }
}

const VERB_WIDTH = 11;

function says(text: string): string {
  return "says".padEnd(VERB_WIDTH) + text;
}

/** A journal entry as one line, `undefined` for the end of the run. */
function describe({ kind, data, at }: JournalEntry): string | undefined {
  const step = `${fact(data, "step")}${data.strand === undefined ? "" : ` of ${fact(data, "strand")}`}`;
  switch (kind) {
    case "run.started":
      return `started    ${fact(data, "workflow")}`;
    case "step.completed":
      return `done       ${step}${attempts(data)} in ${span(Number(data.ms ?? 0))}`;
    case "step.retrying":
      return `retrying   ${step} in ${span(Math.max(0, Number(data.nextAttemptAt ?? at) - at))}: ${fact(data, "error")}`;
    case "step.failed":
      return `gave up    ${step}${attempts(data)}: ${fact(data, "error")}`;
    case "strand.failed":
      return `failed     ${fact(data, "strand")}: ${fact(data, "error")}`;
    case "message.received":
      return `received   ${fact(data, "channel")}`;
    case "timeout":
      return `timeout    after ${fact(data, "after")}, waiting for ${fact(data, "waitingFor")}`;
    case "log":
      return says(fact(data, "text"));
    case "run.cancelling":
      return `cancelling ${fact(data, "reason")}`;
    case "run.completed":
    case "run.failed":
    case "run.cancelled":
      return undefined;
    default:
      return `${kind} ${oneLine(data)}`;
  }
}

function describeEnd({ kind, data }: JournalEntry): string {
  return `${kind.replace("run.", "").padEnd(VERB_WIDTH)}${fact(data, "error")}`.trimEnd();
}

function fact(data: JournalEntry["data"], key: string): string {
  const value = data[key];
  if (value === undefined) return "";
  return typeof value === "string" ? value : oneLine(value);
}

function attempts(data: JournalEntry["data"]): string {
  return Number(data.attempt ?? 1) > 1 ? ` at attempt ${Number(data.attempt)}` : "";
}
