/** Worker processes: they die, pause, stop and come back, as the seed wants; when the faults are over, healthy ones remain. */
import { StoreError } from "../../dist/shared/errors.js";
import { open, type Flow } from "../../dist/runtime/flow.js";
import type { RunEvent } from "../../dist/runtime/hooks/hooks.js";
import { hubOf } from "../../dist/runtime/hub.js";
import type { HookEvent, Store } from "../../dist/runtime/store/store.js";
import type { Worker, WorkerOptions } from "../../dist/runtime/worker.js";
import type { Faults } from "./faults.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import { Process } from "./process.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

/** What a worker does: advances runs, makes steps of queues, or both. */
export type Role = "both" | "runs" | "queues";

/** A hook that every worker serves. */
export interface Listener {
  readonly name: string;
  readonly events: readonly HookEvent[];
}

export interface ClusterParts {
  readonly world: World;
  readonly faults: Faults;
  readonly network: Network;
  readonly observer: Observer;
  readonly options: WorkerOptions;
  readonly listeners: readonly Listener[];
}

interface Member {
  readonly role: Role;
  readonly process: Process;
  readonly store: Store;
  worker: Worker | undefined;
}

export class Cluster {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #network: Network;
  readonly #observer: Observer;
  readonly #options: WorkerOptions;
  readonly #listeners: readonly Listener[];
  readonly #members = new Set<Member>();
  #started = 0;
  deaths = 0;

  constructor({ world, faults, network, observer, options, listeners }: ClusterParts) {
    this.#world = world;
    this.#faults = faults;
    this.#network = network;
    this.#observer = observer;
    this.#options = options;
    this.#listeners = listeners;
  }

  start(workers: readonly Role[]): void {
    for (const role of workers) this.#spawnIn(this.#world.random.below(MINUTE), role);
  }

  #spawnIn(delayMs: number, role: Role): void {
    this.#world.after(delayMs, undefined, "a worker is started", () => this.#spawn(role));
  }

  #spawn(role: Role): void {
    const process = new Process(`w${++this.#started}`, this.#world, this.#faults, true);
    process.skewMs = this.#faults.isOn ? this.#faults.skew() : 0;
    const store = this.#network.connect(process, true);
    const member: Member = { role, process, store, worker: undefined };
    this.#members.add(member);
    process.onDeath = () => this.#died(member);
    this.#world.current = process;
    this.#begin(open({ store, ports: process.ports }), member).then(
      (worker) => this.#runs(member, worker),
      (error: unknown) => this.#exits(process, error),
    );
    this.#plan(member);
  }

  async #begin(flow: Flow, { role, process }: Member): Promise<Worker> {
    for (const { name, events } of this.#listeners) await flow.on(events, (event) => this.#hears(process, event), { name });
    const roles = { both: {}, runs: { queues: [] }, queues: { runs: false } };
    return flow.worker({ ...this.#options, ...roles[role] });
  }

  /** A handler. Like a body, it may take its time, fail, or never answer. */
  #hears(process: Process, event: RunEvent): Promise<void> {
    const { deliveries } = this.#observer;
    if (process.isDead) return new Promise(() => undefined);
    deliveries.called(event);
    const fails = this.#faults.chance("stepFails");
    const hangs = this.#faults.chance("stepHangs");
    const dies = this.#faults.chance("diesAtStep");
    return new Promise((resolve, reject) => {
      this.#world.after(this.#world.random.below(2_000), process, `is told: ${event.idempotencyKey}`, () => {
        if (dies) return process.kill("in the handler of a hook");
        if (hangs) return;
        if (fails) return reject(new Error("not reachable"));
        deliveries.told(event.idempotencyKey);
        resolve();
      });
    });
  }

  #runs(member: Member, worker: Worker): void {
    member.worker = worker;
    worker.done.then(
      () => member.process.kill("it was stopped"),
      (error: unknown) => this.#exits(member.process, error),
    );
  }

  /** A program whose worker has failed goes on for a moment before it ends. */
  #exits(process: Process, error: unknown): void {
    // What it says of processes and machines differs each time.
    const message = error instanceof StoreError ? `the store: ${error.reason}` : String(error);
    this.#world.after(this.#world.random.below(2_000), process, "exits", () => process.kill(message));
  }

  #died(member: Member): void {
    this.deaths++;
    this.#members.delete(member);
    const { random } = this.#world;
    this.#spawnIn(
      this.#faults.isOn
        ? random.pick([random.below(10_000), random.below(30 * MINUTE), random.below(300 * MINUTE)])
        : 10 * MINUTE,
      member.role,
    );
  }

  /** What happens to a process from time to time. */
  #plan(member: Member): void {
    const { process } = member;
    this.#every("hoursToDeath", process, () => process.kill("for no reason"));
    this.#every("hoursToPause", process, () => process.pause(this.#faults.pause()));
    this.#every("hoursToJump", process, () => {
      process.skewMs = this.#faults.skew();
      this.#world.log(`clock is now off by ${process.skewMs} ms`, process.id);
    });
    this.#every("hoursToStop", process, () => {
      this.#world.log("is told to stop", process.id);
      void member.worker?.stop();
    });
  }

  #every(kind: Parameters<Faults["until"]>[0], process: Process, happen: () => void): void {
    const ms = this.#faults.until(kind);
    if (ms === undefined) return;
    this.#world.after(ms, process, kind, () => {
      if (!this.#faults.isOn) return;
      happen();
      this.#every(kind, process, happen);
    });
  }

  /** Somebody has announced work. Every process may hear of it, late, twice, or never. */
  note(): void {
    for (const { process, store } of this.#members) {
      if (this.#faults.chance("noteLost")) continue;
      const times = this.#faults.chance("noteTwice") ? 2 : 1;
      for (let i = 0; i < times; i++) {
        const ms = this.#faults.chance("noteLate") ? this.#world.random.below(10 * MINUTE) : this.#world.random.below(20);
        this.#world.after(ms, process, "hears of work", () => hubOf(store).work());
      }
    }
  }

  /** The faults are over: clocks are set right. */
  heal(): void {
    for (const { process } of this.#members) {
      process.skewMs = 0;
      process.pausedUntil = Math.min(process.pausedUntil, this.#world.now);
    }
  }
}
