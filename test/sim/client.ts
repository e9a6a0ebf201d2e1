/** Client processes: they start runs, send, cancel, look, and retry, again and again until the store has answered. */
import { StoreError, UnknownRunError, UsageError } from "../../dist/shared/errors.js";
import { open, type Flow, type Run } from "../../dist/runtime/flow.js";
import { hubOf } from "../../dist/runtime/hub.js";
import type { RunStatus } from "../../dist/runtime/store/store.js";
import type { Cluster } from "./cluster.ts";
import type { Faults } from "./faults.ts";
import type { Network } from "./network.ts";
import type { Plan } from "./plans.ts";
import { Process } from "./process.ts";
import type { Programs } from "./programs.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

export class Client {
  readonly #process: Process;
  readonly #flow: Flow;
  readonly #world: World;
  readonly #programs: Programs;
  readonly #open = new Set<string>();

  constructor(world: World, faults: Faults, network: Network, cluster: Cluster, programs: Programs) {
    this.#world = world;
    this.#programs = programs;
    this.#process = new Process("client", world, faults, false);
    const store = network.connect(this.#process, false);
    hubOf(store).onWork(() => cluster.note());
    this.#flow = open({ store, ports: this.#process.ports });
  }

  /** All runs have ended for good. */
  get isDone(): boolean {
    return this.#open.size === 0;
  }

  /** What is not over yet. */
  get waitsFor(): readonly string[] {
    return [...this.#open];
  }

  follow(plan: Plan): void {
    this.#at(plan.startAt, `${plan.id}`, () => this.#lead(plan));
    for (const { channel, value, at } of plan.messages)
      for (const time of at)
        this.#at(time, `${plan.id} ${channel} ${value} at ${time}`, () => this.#send(plan.id, channel, value));
    if (plan.cancelAt !== undefined) this.#at(plan.cancelAt, `cancel ${plan.id}`, () => this.#cancel(plan.id));
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

  /** Starts the run, and retries it whenever it has failed, until it has ended otherwise. */
  async #lead(plan: Plan): Promise<void> {
    const run = await this.#insist(() => this.#start(plan));
    for (;;) {
      const { status } = await this.#insist(() => run.status());
      if (status === "completed" || status === "cancelled") return;
      // Somebody else may have been faster, or an answer of the store was lost.
      if (status === "failed" || status === "crashed") await this.#insist(() => run.retry().catch(unless("has not failed")));
      await this.#pause((5 + this.#world.random.below(60)) * MINUTE);
    }
  }

  #start({ id, program }: Plan): Promise<Run> {
    const { script, saga, inbox } = this.#programs;
    if (program.workflow === "script") return this.#flow.start(script, [id, program.args], { id });
    if (program.workflow === "saga") return this.#flow.start(saga, [id, program.args], { id });
    return this.#flow.start(inbox, [id, program.args], { id });
  }

  #send(id: string, channel: string, value: number): Promise<void> {
    return this.#while(id, (run) => run.send(channel, value, { id: `${channel} ${value}` }));
  }

  #cancel(id: string): Promise<void> {
    return this.#while(id, (run) => run.cancel());
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
      if (status === "completed" || status === "cancelled") return;
      await this.#pause((1 + this.#world.random.below(20)) * MINUTE);
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
