/** Compiles the program of this folder and runs it on a clock of its own: every step takes as long as the test says, all of them at the same time. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { decode, encode } from "../../dist/runtime/codec/index.js";
import { heapOf } from "../../dist/runtime/codec/heap.js";
import { Driver } from "../../dist/runtime/driver/driver.js";
import { definitionOf } from "../../dist/runtime/effects/step.js";
import { newImage, type Outcome, type RunImage } from "../../dist/runtime/image.js";
import { describeImage, type RunDescription } from "../../dist/runtime/inspect.js";
import { closureOf } from "../../dist/runtime/registry.js";
import { restoreInput, save } from "../../dist/runtime/saved.js";
import type { DriverEvent, StepStart } from "../../dist/runtime/transition.js";
import { compile, formatDiagnostic } from "../../dist/transform/index.js";
import { CheckedWriter } from "../checked-writer.ts";

const codec = { encode, decode, writer: () => new CheckedWriter(), heap: heapOf };
const ports = { codec, random: () => 0.5, newId: () => "id", limits: { warnBytes: Infinity, maxBytes: Infinity } };

export async function compileProgram(): Promise<typeof import("./program.ts")> {
  const root = path.resolve(import.meta.dirname, "../..");
  const folder = path.join(root, `.cache/overlap-${process.pid}`);
  const source = path.join(import.meta.dirname, "program.ts");
  const result = compile({ files: [source], project: path.join(root, "examples/tsconfig.json") });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  mkdirSync(folder, { recursive: true });
  const target = path.join(folder, "program.mjs");
  writeFileSync(target, result.outputs.find((output) => output.source === source)!.code);
  try {
    return (await import(pathToFileURL(target).href)) as typeof import("./program.ts");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export class Timed {
  now = 0;
  outcome: Outcome | undefined;
  commits = 0;
  /** `10 price [1]`: when a step was started, and what with. */
  readonly begun: string[] = [];
  readonly aborted: string[] = [];
  readonly journal: { kind: string; data: Readonly<Record<string, unknown>> }[] = [];
  #image: Uint8Array;
  #parts: Uint8Array[] = [];
  #driver: Driver;
  #running: { start: StepStart; name: string; endsAt: number; event: DriverEvent }[] = [];
  #seq = 0;

  /** @param takes how long a step takes, in milliseconds; 10 where it does not say */
  constructor(
    workflow: (...args: never[]) => unknown,
    args: readonly unknown[] = [],
    readonly takes: (name: string, args: readonly unknown[]) => number = () => 10,
    /** The process dies after each commit. */
    readonly crashes = false,
  ) {
    this.#image = encode(newImage("run", closureOf(workflow)!.code.id, workflow, args, 0));
    this.#driver = this.#load();
  }

  #load(): Driver {
    return new Driver({ image: this.#image, parts: this.#parts, blobs: new Map() }, ports);
  }

  advance(...events: DriverEvent[]): void {
    const transition = this.#driver.advance(events, this.now);
    this.commits++;
    if (transition.image) [this.#image, this.#parts] = [transition.image, []];
    if (transition.part) this.#parts.push(transition.part);
    this.journal.push(...transition.journal);
    const isAborted = ({ start }: { start: StepStart }): boolean => transition.abort.includes(start.call);
    this.aborted.push(...this.#running.filter(isAborted).map(({ name }) => name));
    this.#running = this.#running.filter((each) => !isAborted(each));
    for (const start of transition.start) this.#begin(start);
    if (transition.outcome !== undefined) this.outcome = decode(transition.outcome) as Outcome;
    else if (this.crashes) this.#driver = this.#load();
  }

  #begin(start: StepStart): void {
    if (this.#running.some((each) => each.start.call === start.call)) return;
    const definition = definitionOf(start.wait)!;
    const args = restoreInput(start.wait.input, codec);
    this.begun.push(`${this.now} ${definition.name} ${JSON.stringify(args)}`);
    const { call, attempt } = start;
    let event: DriverEvent;
    try {
      const value: unknown = Reflect.apply(definition.body, definition.self, args);
      event = { kind: "stepSucceeded", call, attempt, result: save(value, codec) };
    } catch (error) {
      event = { kind: "stepFailed", call, attempt, error, final: true };
    }
    this.#running.push({ start, name: definition.name, endsAt: this.now + this.takes(definition.name, args), event });
  }

  /** Runs until the run has ended, or `until`, or only a message can move it. */
  play(until = Infinity): this {
    if (this.commits === 0) this.advance();
    while (this.outcome === undefined) {
      const step = this.#running.toSorted((a, b) => a.endsAt - b.endsAt)[0];
      const next = Math.min(step?.endsAt ?? Infinity, this.#driver.timerAt() ?? Infinity);
      if (next === Infinity || next > until) return this;
      this.now = Math.max(this.now, next);
      this.#running = this.#running.filter((each) => each !== step || step.endsAt > this.now);
      this.advance(...(step && step.endsAt <= this.now ? [step.event] : []));
    }
    return this;
  }

  message(kind: "send" | "cancel", topic: string, value: unknown): void {
    const message = { seq: ++this.#seq, run: "run", kind, topic, payload: encode(value), sentAt: this.now } as const;
    this.advance({ kind: "message", message });
  }

  get description(): RunDescription {
    return describeImage(decode(this.#image, this.#parts) as RunImage);
  }

  /** `loadOrders (task 2): step loadOrders`, a line a strand. */
  get waiting(): string[] {
    return this.description.strands.map(({ name, waitingFor }) => `${name}: ${waitingFor}`);
  }
}
