/** The store as a process sees it: behind a network that is slow, fails, and answers when it is too late. */
import { StoreError } from "../../dist/shared/errors.js";
import type { Store } from "../../dist/runtime/store/store.js";
import type { Faults } from "./faults.ts";
import type { ObservedStore, StoreMethod } from "./observed.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

const METHODS: readonly StoreMethod[] = [
  "createRun",
  "getRun",
  "getImage",
  "listRuns",
  "readJournal",
  "send",
  "pollMessages",
  "retryRun",
  "registerWorker",
  "renew",
  "releaseDead",
  "unregisterWorker",
  "claim",
  "nextDue",
  "commit",
  "claimTasks",
  "heldTasks",
  "noteProgress",
  "finishTask",
  "readCache",
  "putHook",
  "listHooks",
  "deleteHook",
  "claimDeliveries",
  "finishDelivery",
  "deferDelivery",
  "putSchedule",
  "getSchedule",
  "listSchedules",
  "deleteSchedule",
  "dueSchedules",
];

/** What a worker asks when it looks for work. */
const ASKING: ReadonlySet<StoreMethod> = new Set(["claim", "pollMessages", "claimTasks"]);
const MOST_A_MINUTE = 90;

export class Network {
  readonly #asked = new WeakMap<Process, { readonly minute: number; times: number }>();
  readonly #world: World;
  readonly #faults: Faults;
  readonly #store: ObservedStore;

  constructor(world: World, faults: Faults, store: ObservedStore) {
    this.#world = world;
    this.#faults = faults;
    this.#store = store;
  }

  /** A connection of its own for a process. Arguments are not copied: whoever changes what it has handed over is found out. */
  connect(process: Process, canDie: boolean): Store {
    const methods = METHODS.map((method) => [method, (...args: unknown[]) => this.#call(process, canDie, method, args)]);
    return { url: "simulated:", close: () => Promise.resolve(), ...Object.fromEntries(methods) } as Store;
  }

  /** Nobody has reason to ask for work so often when none is done. */
  #count(process: Process, method: StoreMethod): void {
    if (method === "commit" || method === "finishTask") this.#asked.delete(process);
    if (!ASKING.has(method)) return;
    const minute = Math.floor(this.#world.now / 60_000);
    const asked = this.#asked.get(process);
    if (asked?.minute !== minute) this.#asked.set(process, { minute, times: 1 });
    else if (++asked.times > MOST_A_MINUTE)
      this.#world.violate(`${process.id} goes round: it asked for work ${asked.times} times in a minute and commits nothing`);
  }

  #call(process: Process, canDie: boolean, method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (process.isDead) return;
      this.#count(process, method);
      const { there, back, fails, isOutage, dies } = this.#faults.call(canDie);
      if (dies === "before") return process.kill(`before it sends ${method}`);
      const world = this.#world;
      if (canDie && this.#faults.chance(method === "commit" ? "pausesAtCommit" : "pausesAtCall"))
        process.pause(this.#faults.pause());
      const answer = (how: string, settle: () => void): void =>
        void world.after(back, process, `${method} answers${how}`, settle);
      const fail = (): void =>
        answer(` with an error`, () => reject(new StoreError(`${method} failed`, isOutage ? "unavailable" : "io")));
      const apply = (): void => {
        if (fails === "before") return fail();
        this.#store.apply(process, method, args).then(
          (value) => {
            if (dies === "after") process.kill(`when ${method} is applied`);
            else if (fails === "after") fail();
            else answer("", () => resolve(this.#store.answered(process, method, value)));
          },
          (error: unknown) =>
            answer(" with its own error", () => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      };
      world.after(there, undefined, `${process.id} asks for ${method}`, apply);
      if (dies === "on the way") world.after(there / 2, undefined, "", () => process.kill(`while ${method} is on its way`));
    });
  }
}
