/** A client process: it starts runs, sends, answers, pauses, cancels, defines schedules, and retries and resumes, again and again until the store has answered. */
import { StoreError, UnknownRunError, UsageError } from "../../dist/shared/errors.js";
import { open, type Flow, type Run } from "../../dist/runtime/flow.js";
import { hubOf } from "../../dist/runtime/hub.js";
import type { HookEvent, RunStatus } from "../../dist/runtime/store/store.js";
import type { Cluster } from "./cluster.ts";
import type { Faults } from "./faults.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import type { Outside } from "./outside.ts";
import type { Pause, Plan } from "./plans.ts";
import { Process } from "./process.ts";
import type { Programs } from "./programs.ts";
import type { Disturbance, Timetable } from "./timetables.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A run that is paused for longer than this is resumed, whoever paused it. */
const PATIENCE_MS = 3 * HOUR;

export interface ClientParts {
  readonly world: World;
  readonly faults: Faults;
  readonly network: Network;
  readonly cluster: Cluster;
  readonly programs: Programs;
  readonly observer: Observer;
  readonly outside: Outside;
}

export class Client {
  readonly #process: Process;
  readonly #flow: Flow;
  readonly #world: World;
  readonly #programs: Programs;
  readonly #observer: Observer;
  readonly #open = new Set<string>();

  constructor({ world, faults, network, cluster, programs, observer, outside }: ClientParts) {
    this.#world = world;
    this.#programs = programs;
    this.#observer = observer;
    this.#process = new Process("client", world, faults, false);
    const store = network.connect(this.#process, false);
    hubOf(store).onWork(() => cluster.note());
    this.#flow = open({ store, ports: this.#process.ports });
    outside.onAnswer = (token, value, delayMs) => this.#at(delayMs, `answer ${value}`, () => this.#answer(token, value));
    this.#watch();
  }

  /** Everything that was to be done is done, all runs have ended for good, and everybody who wanted to hear of that has. */
  get isDone(): boolean {
    return this.#open.size === 0 && this.#observer.isQuiet && this.#observer.deliveries.isDone;
  }

  /** What is not over yet. */
  get waitsFor(): readonly string[] {
    return [...this.#open, ...this.#observer.open, ...this.#observer.deliveries.open];
  }

  follow(plan: Plan): void {
    const { id, startAt, messages, cancelAt, pauses } = plan;
    this.#at(startAt, `start ${id}`, () => this.#insist(() => this.#start(plan)).then(() => undefined));
    for (const { channel, value, at } of messages)
      for (const time of at) this.#at(time, `${id} ${channel} ${value} at ${time}`, () => this.#send(id, channel, value));
    for (const pause of pauses) this.#at(pause.at, `pause ${id} at ${pause.at}`, () => this.#pauseRun(id, pause));
    if (cancelAt !== undefined) this.#at(cancelAt, `cancel ${id}`, () => this.#while(id, (run) => run.cancel(id)));
  }

  /** Has a hook kept in the store, before anything else happens. */
  listen(name: string, events: readonly HookEvent[]): void {
    this.#at(0, `hook ${name}`, async () => {
      await this.#insist(() => this.#flow.on(events, () => undefined, { name }));
    });
  }

  schedule(table: Timetable): void {
    this.#at(table.startAt, `schedule ${table.name}`, () => this.#keepTo(table));
  }

  #at(time: number, name: string, work: () => Promise<void>): void {
    this.#open.add(name);
    this.#world.after(time, this.#process, `client: ${name}`, () => {
      work().then(
        () => this.#open.delete(name),
        (error: unknown) => this.#world.violate(`client: ${name}: ${String(error)}`),
      );
    });
  }

  // runs

  #start({ id, program, options }: Plan): Promise<Run> {
    const { script, saga, inbox } = this.#programs;
    const settings = { id, ...options };
    if (program.workflow === "script") return this.#flow.start(script, [id, program.args], settings);
    if (program.workflow === "saga") return this.#flow.start(saga, [id, program.args], settings);
    return this.#flow.start(inbox, [id, program.args], settings);
  }

  /** From time to time: retries runs that have failed, and resumes those that have been paused for long, whoever started them. */
  #watch(): void {
    this.#world.after((5 + this.#world.random.below(60)) * MINUTE, this.#process, "client looks around", () => {
      this.#look().then(
        () => this.#watch(),
        (error: unknown) => this.#world.violate(`client: looking around: ${String(error)}`),
      );
    });
  }

  async #look(): Promise<void> {
    const runs = await this.#insist(() => this.#flow.runs({ status: ["failed", "crashed", "paused"], limit: 1_000 }));
    const now = this.#process.ports.clock.now();
    for (const { id, status, waitingSince } of runs) {
      const run = this.#flow.run(id);
      // Somebody else may have been faster, or an answer of the store was lost.
      if (status !== "paused") await this.#insist(() => run.retry().catch(unless("has not failed")));
      else if (now - waitingSince > PATIENCE_MS) await this.#insist(() => run.resume().catch(unless("has ended")));
    }
  }

  #send(id: string, channel: string, value: number): Promise<void> {
    return this.#while(id, (run) => run.send(channel, value, { id: `${channel} ${value}` }));
  }

  async #pauseRun(id: string, { forMs }: Pause): Promise<void> {
    await this.#while(id, (run) => run.pause("for a while"));
    await this.#pause(forMs);
    await this.#while(id, (run) => run.resume());
  }

  #answer(token: string, value: number): Promise<void> {
    const run = Buffer.from(token.slice(0, token.indexOf(".")), "base64url").toString();
    return this.#while(run, () => this.#flow.answer(token, value));
  }

  /** Until it is done, or the run has ended for good. A run that is not there yet will be, and one that has failed will be retried. */
  async #while(id: string, work: (run: Run) => Promise<unknown>): Promise<void> {
    const run = this.#flow.run(id);
    for (;;) {
      const problem = await this.#insist(() => work(run).then(() => undefined, keep));
      if (problem === undefined) return;
      const status = await this.#insist(() =>
        run.status().then((found): RunStatus | undefined => found.status, unless(UnknownRunError)),
      );
      if (status === "completed" || status === "cancelled" || status === "timed-out") return;
      await this.#pause((1 + this.#world.random.below(20)) * MINUTE);
    }
  }

  // schedules

  /** Defines it, disturbs it, and takes it out when its time is over and nothing waits for its turn. */
  async #keepTo(table: Timetable): Promise<void> {
    const { name, everyMs, forMs, restMs, options, disturbances } = table;
    const define = (): Promise<unknown> =>
      this.#flow.schedule(name, { every: everyMs }, this.#programs.tick, [{ schedule: name, restMs }], options);
    await this.#insist(define);
    for (const { afterMs, what } of disturbances) {
      await this.#pause(afterMs);
      this.#observer.occurrences.disturb(name);
      await this.#insist(() => this.#disturb(name, what));
    }
    await this.#pause(forMs);
    const schedule = this.#flow.scheduled(name);
    await this.#insist(() => schedule.pause("its time is over"));
    while ((await this.#insist(() => schedule.describe())).waiting.length > 0) await this.#pause(30 * MINUTE);
    await this.#insist(() => schedule.delete());
  }

  #disturb(name: string, what: Disturbance["what"]): Promise<unknown> {
    const schedule = this.#flow.scheduled(name);
    const now = this.#process.ports.clock.now();
    switch (what) {
      case "pause":
        return schedule.pause("for a while");
      case "resume":
        return schedule.resume();
      case "trigger":
        return schedule.trigger();
      case "backfill":
        return schedule.backfill(now - 3 * HOUR, now - HOUR);
    }
  }

  /** Asks until the store answers. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        await this.#pause(1_000 + this.#world.random.below(10_000));
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#process.ports.timers.after(ms, resolve));
  }
}

/** What a client may be told by a run that is not there or has ended; the store's own errors are thrown. */
function keep(error: unknown): unknown {
  if (error instanceof UsageError || error instanceof UnknownRunError) return error;
  throw error;
}

/** Takes errors of a kind, or with that text in their message, for no answer. */
function unless(kind: string | typeof UnknownRunError): (error: unknown) => undefined {
  return (error) => {
    if (typeof kind === "string" ? error instanceof Error && error.message.includes(kind) : error instanceof kind)
      return undefined;
    throw error;
  };
}
