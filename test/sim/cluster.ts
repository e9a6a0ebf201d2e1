/** Worker processes: they die, pause, stop and come back, as the seed wants; when the faults are over, healthy ones remain. */
import { StoreError } from "../../dist/shared/errors.js";
import { open } from "../../dist/runtime/flow.js";
import { hubOf } from "../../dist/runtime/hub.js";
import type { Store } from "../../dist/runtime/store/store.js";
import type { Worker, WorkerOptions } from "../../dist/runtime/worker.js";
import type { Faults } from "./faults.ts";
import type { Network } from "./network.ts";
import { Process } from "./process.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

interface Member {
  readonly process: Process;
  readonly store: Store;
  worker: Worker | undefined;
}

export class Cluster {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #network: Network;
  readonly #options: WorkerOptions;
  readonly #members = new Set<Member>();
  #started = 0;
  deaths = 0;

  constructor(world: World, faults: Faults, network: Network, options: WorkerOptions) {
    this.#world = world;
    this.#faults = faults;
    this.#network = network;
    this.#options = options;
  }

  start(workers: number): void {
    for (let i = 0; i < workers; i++) this.#spawnIn(this.#world.random.below(MINUTE));
  }

  #spawnIn(delayMs: number): void {
    this.#world.after(delayMs, undefined, "a worker is started", () => this.#spawn());
  }

  #spawn(): void {
    const process = new Process(`w${++this.#started}`, this.#world, this.#faults, true);
    process.skewMs = this.#faults.isOn ? this.#faults.skew() : 0;
    const store = this.#network.connect(process, true);
    const member: Member = { process, store, worker: undefined };
    this.#members.add(member);
    process.onDeath = () => this.#died(member);
    this.#world.current = process;
    const flow = open({ store, ports: process.ports });
    flow.worker(this.#options).then(
      (worker) => this.#runs(member, worker),
      (error: unknown) => this.#exits(process, error),
    );
    this.#plan(member);
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
