/** One run on a table: the driver is handed what happens by hand, and what it commits lies there as bytes. */
import { codec } from "../../../../dist/runtime/checkpoint.js";
import { Driver } from "../../../../dist/runtime/driver/driver.js";
import { newImage, type Outcome, type RunSettings } from "../../../../dist/runtime/image.js";
import { checkLimits } from "../../../../dist/runtime/limits.js";
import type { Message } from "../../../../dist/runtime/store/store.js";
import type { AttemptEvent, DriverEvent, StepStart, Transition } from "../../../../dist/runtime/transition.js";

/** A continuation as it is kept in a golden file; bytes in base64. */
export interface Parked {
  readonly now: number;
  readonly status: string;
  readonly waitingFor: string;
  readonly image: string;
  readonly parts: readonly string[];
}

const BEGIN = Date.UTC(2026, 0, 31);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

export class Table {
  outcome: Outcome | undefined;
  #last: Transition | undefined;
  #driver: Driver;
  #starts: StepStart[] = [];
  #seq = 0;

  #image: Uint8Array;
  #parts: Uint8Array[];
  #now: number;

  private constructor(image: Uint8Array, parts: Uint8Array[], now: number) {
    [this.#image, this.#parts, this.#now] = [image, parts, now];
    let ids = 0;
    const ports = { codec, limits: checkLimits(), random: () => 0.5, newId: () => `golden-${++ids}` };
    this.#driver = new Driver({ image, parts, blobs: new Map() }, ports);
  }

  static begin(workflow: Function, args: readonly unknown[], settings: RunSettings = {}): Table {
    const deadline = settings.deadline === undefined ? undefined : BEGIN + settings.deadline;
    const image = newImage("golden", workflow.name, workflow, args, BEGIN, { ...settings, deadline });
    const table = new Table(codec.encode(image), [], BEGIN);
    table.#advance();
    return table;
  }

  static load({ image, parts, now }: Parked): Table {
    const table = new Table(bytes(image), parts.map(bytes), now);
    if (table.#driver.isDue(now)) table.#advance();
    else table.#starts.push(...table.#driver.takeStarts());
    return table;
  }

  park(): Parked {
    const { status, waitingFor } = this.#last!;
    return { now: this.#now, status, waitingFor, image: text(this.#image), parts: this.#parts.map(text) };
  }

  /** The attempt that was called with `input` succeeds. */
  answer(input: string, value: unknown): void {
    this.#attempt(input, (at) => ({ ...at, kind: "stepSucceeded", result: { value } }));
  }

  fail(input: string, message: string, final = false): void {
    this.#attempt(input, (at) => ({ ...at, kind: "stepFailed", error: new Error(message), final }));
  }

  /** Everything that is asked is answered with itself, and time passes, until the run has ended or nothing moves it. */
  finish(): void {
    while (this.outcome === undefined) {
      const [next] = this.#starts;
      if (next !== undefined) {
        if (next.notBefore > this.#now) this.pass(next.notBefore - this.#now);
        this.#event(next, {
          kind: "stepSucceeded",
          call: next.call,
          attempt: next.attempt,
          result: { value: `<${inputOf(next)}>` },
        });
      } else {
        const at = this.#driver.timerAt();
        if (at === undefined) return;
        this.pass(at - this.#now);
      }
    }
  }

  pass(ms: number): void {
    this.#now += ms;
    const at = this.#driver.timerAt();
    if (at !== undefined && at <= this.#now) this.#advance();
  }

  send(kind: Message["kind"], topic: string, value?: unknown): void {
    const payload = value instanceof Uint8Array ? value : codec.encode(value);
    this.#advance({ kind: "message", message: { seq: ++this.#seq, run: "golden", kind, topic, payload, sentAt: this.#now } });
  }

  #attempt(input: string, event: (at: { call: number; attempt: number }) => AttemptEvent): void {
    const start = this.#starts.find((each) => inputOf(each) === input);
    if (start === undefined) throw new Error(`nobody asks ${input}, but ${this.#starts.map(inputOf).join(", ")}`);
    this.#event(start, event({ call: start.call, attempt: start.attempt }));
  }

  #event(start: StepStart, event: AttemptEvent): void {
    this.#starts = this.#starts.filter((each) => each !== start);
    this.#advance(event);
  }

  #advance(...events: DriverEvent[]): void {
    const transition = this.#driver.advance(events, this.#now);
    this.#last = transition;
    if (transition.image !== undefined) [this.#image, this.#parts] = [transition.image, []];
    if (transition.part !== undefined) this.#parts.push(transition.part);
    this.#starts = this.#starts.filter(({ call }) => !transition.abort.includes(call));
    this.#starts.push(...transition.start);
    if (transition.outcome !== undefined) this.outcome = codec.decode(transition.outcome) as Outcome;
  }
}

function inputOf({ wait }: StepStart): string {
  const { input } = wait;
  return String((input instanceof Uint8Array ? (codec.decode(input) as unknown[]) : input)[0]);
}
