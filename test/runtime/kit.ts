/** Hand-emitted workflows and a world under control, for tests of the runtime that do not depend on the compiler. */
import { ABI_VERSION, RESUME_THROW, type Code, type FrameShape, type ResumeMode } from "../../src/shared/abi.js";
import { codec } from "../../src/runtime/checkpoint.js";
import { Driver } from "../../src/runtime/driver/driver.js";
import { checkLimits } from "../../src/runtime/limits.js";
import { definitionOf } from "../../src/runtime/effects/step.js";
import { newImage, type Outcome, type RunImage } from "../../src/runtime/image.js";
import type { Ports } from "../../src/runtime/ports.js";
import { $module, $tag } from "../../src/runtime/registry.js";
import { restoreInput, save } from "../../src/runtime/saved.js";
import type { Message } from "../../src/runtime/store/store.js";
import { $save, SUSPEND } from "../../src/runtime/suspend.js";
import type { DriverEvent, StepStart, Transition } from "../../src/runtime/transition.js";

export { codec };

export type Vars = Record<string, unknown>;
/** One piece of a function between two suspension points: gets the variables and the value of the call before; answers the value of its own call. */
export type Stage = (vars: Vars, value: unknown) => unknown;

class Jump {
  constructor(
    readonly to: number,
    readonly value: unknown,
  ) {}
}
const END = -1;

/** The stage that ends the function. */
export const done = (value?: unknown): unknown => new Jump(END, value);
/** The stage that goes on elsewhere. */
export const goto = (to: number, value?: unknown): unknown => new Jump(to, value);

export interface FunctionOptions {
  /** Names of the parameters. */
  readonly params?: readonly string[];
  /** Stage → stage that gets the error when the call of the first one throws. */
  readonly catches?: Readonly<Record<number, number>>;
}

const registrar = $module(ABI_VERSION, "test/program.ts");

/** A compiled function of the module test/program.ts: `stages` one after the other, each ending in a call that may suspend. */
export function fn(name: string, stages: readonly Stage[], options: FunctionOptions = {}): (...args: unknown[]) => unknown {
  const code: Code = registrar.code(name, {
    name,
    hash: "1",
    resume,
    points: stages.map((_, at) => [at + 1, 1, `${name} stage ${at}`]),
  });
  const params = options.params ?? [];
  const run = interpreter(code, stages, options);
  function resume(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
    return run({ ...frame.slots }, frame.point, mode, value);
  }
  const fast = (...args: unknown[]): unknown =>
    run(Object.fromEntries(params.map((param, at) => [param, args[at]])), -1, 0, undefined);
  Object.defineProperty(fast, "name", { value: name });
  registrar.bind(code, fast);
  return fast;
}

/** A compiled closure: like `fn`, with captured variables, which its stages see among their own. */
export function closure(
  name: string,
  stages: readonly Stage[],
  options: FunctionOptions & { readonly captures: readonly string[] },
) {
  const make = (...captured: unknown[]): (() => unknown) => {
    const value = (): unknown =>
      run(Object.fromEntries(options.captures.map((key, at) => [key, captured[at]])), -1, 0, undefined);
    return $tag(value, code, captured);
  };
  const code: Code = registrar.code(name, {
    name,
    hash: "1",
    resume,
    make,
    captures: options.captures,
    points: stages.map((_, at) => [at + 1, 1, name]),
  });
  const run = interpreter(code, stages, options);
  function resume(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
    return run({ ...frame.slots }, frame.point, mode, value);
  }
  return make;
}

/** `at` is the stage whose call has just been answered, -1 before the first. */
function interpreter(code: Code, stages: readonly Stage[], { catches = {} }: FunctionOptions) {
  return (vars: Vars, at: number, mode: ResumeMode, value: unknown): unknown => {
    let stage = at;
    let throwing = mode === RESUME_THROW;
    for (;;) {
      if (throwing) {
        const handler = catches[stage];
        if (handler === undefined) throw value;
        throwing = false;
        stage = handler;
      } else stage++;
      try {
        let out = stages[stage]?.(vars, value) ?? (stage >= stages.length ? done() : undefined);
        if (out === SUSPEND) return $save(code, stage, vars);
        while (out instanceof Jump) {
          if (out.to === END) return out.value;
          stage = out.to;
          out = stages[stage]!(vars, out.value);
          if (out === SUSPEND) return $save(code, stage, vars);
        }
        value = out;
      } catch (error) {
        throwing = true;
        value = error;
      }
    }
  };
}

// ── driving without a worker ─────────────────────────────────────────────────────────────────────────────────────────

/**
 * A run driven by hand: bodies that answer no promise run when `step` is called. `crash` forgets everything but the bytes of the last commit.
 */
export class Sim {
  now = 1_000_000;
  image: Uint8Array;
  outcome: Outcome | undefined;
  last!: Transition;
  /** Attempts that may start. */
  starts: StepStart[] = [];
  readonly journal: { kind: string; data: Readonly<Record<string, unknown>> }[] = [];
  parts: Uint8Array[] = [];
  readonly blobs = new Map<string, Uint8Array>();
  driver: Driver;
  #seq = 0;
  random = 0.5;

  constructor(workflow: (...args: never[]) => unknown, args: readonly unknown[] = [], id = "run-1") {
    this.image = codec.encode(newImage(id, "test", workflow, args, this.now));
    this.driver = this.#load();
  }

  #load(): Driver {
    return new Driver(this, { codec, limits: checkLimits(), random: () => this.random, newId: () => "id" });
  }

  /** One committed transition. */
  advance(...events: DriverEvent[]): Transition {
    const transition = this.driver.advance(events, this.now);
    this.#commit(transition);
    return transition;
  }

  #commit(transition: Transition): void {
    this.last = transition;
    if (transition.image !== undefined) [this.image, this.parts] = [transition.image, []];
    if (transition.part !== undefined) this.parts.push(transition.part);
    for (const { id, bytes } of transition.blobs) this.blobs.set(id, bytes);
    if (transition.outcome !== undefined) this.outcome = codec.decode(transition.outcome) as Outcome;
    this.journal.push(...transition.journal);
    this.starts = this.starts.filter((start) => !transition.abort.includes(start.call));
    this.starts.push(...transition.start);
  }

  /** The process dies and another one loads the run. */
  crash(): void {
    this.driver = this.#load();
    this.starts = this.driver.isDue(this.now) ? [] : this.driver.takeStarts();
  }

  message(topic: string, value: unknown, kind: "send" | "cancel" = "send"): DriverEvent {
    const message: Message = { seq: ++this.#seq, run: "run-1", kind, topic, payload: codec.encode(value), sentAt: this.now };
    return { kind: "message", message };
  }

  /** Runs the body of a start that is due and answers the event it leads to. */
  perform(start: StepStart): DriverEvent {
    const { call, attempt } = start;
    const definition = definitionOf(start.wait)!;
    try {
      const value: unknown = Reflect.apply(definition.body, definition.self, restoreInput(start.wait.input, codec) as unknown[]);
      return { kind: "stepSucceeded", call, attempt, result: save(value, codec) };
    } catch (error) {
      return { kind: "stepFailed", call, attempt, error, final: false };
    }
  }

  /** Goes on until the run has ended or only a message can move it; time jumps. `onCommit` is called after each commit. */
  play(onCommit: () => void = () => undefined): Outcome | undefined {
    this.outcome = undefined;
    let next: DriverEvent[] = [];
    if (this.driver.isDue(this.now)) {
      this.advance();
      onCommit();
    }
    while (this.outcome === undefined) {
      const due = this.starts.filter((start) => start.notBefore <= this.now);
      if (due.length > 0) {
        this.starts = this.starts.filter((start) => start !== due[0]);
        next = [this.perform(due[0]!)];
      } else {
        const times = [
          ...this.starts.map((start) => start.notBefore),
          ...(this.driver.timerAt() === undefined ? [] : [this.driver.timerAt()!]),
        ];
        if (times.length === 0) return undefined;
        this.now = Math.max(this.now, Math.min(...times));
        if (this.starts.some((start) => start.notBefore <= this.now)) continue;
        next = [];
      }
      this.advance(...next);
      onCommit();
    }
    return this.outcome;
  }

  get graph(): RunImage {
    return codec.decode(this.image, this.parts, this.blobs) as RunImage;
  }

  kinds(): string[] {
    return this.journal.map((entry) => entry.kind);
  }
}

// ── a world under control ────────────────────────────────────────────────────────────────────────────────────────────

/** Ports with a clock that stands still until told otherwise. `soon` is real, so that promises get their turn. */
export class World {
  now = 1_700_000_000_000;
  readonly warnings: string[] = [];
  #ids = 0;
  #timers: { at: number; fn: () => void }[] = [];

  readonly ports: Ports = {
    clock: { now: () => this.now },
    timers: {
      after: (delayMs, fn) => {
        const timer = { at: this.now + Math.max(delayMs, 0), fn };
        this.#timers.push(timer);
        return { timer };
      },
      cancel: ({ timer }) => void (this.#timers = this.#timers.filter((each) => each !== timer)),
      soon: (fn) => void setImmediate(fn),
    },
    logger: { info: () => undefined, warn: (message) => void this.warnings.push(message) },
    random: () => 0.5,
    newId: () => `id-${++this.#ids}`,
  };

  /** Number of timers that are running. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Time passes; timers fire in their order. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.settle();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = Math.max(this.now, next.at);
      next.fn();
      await this.settle();
    }
    this.now = end;
    await this.settle();
  }
}
