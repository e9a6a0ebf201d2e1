import { setTimeout as delay } from "node:timers/promises";
import { startFlowc } from "./flowc.mjs";

/** Processes take seconds to start on a busy machine: workers that never come to work would only show that a run which takes ten of them in a row is crashed. */
const READY_MS = 15_000;
/** How long a worker is let work, at most. Long enough that most of them commit something on a busy machine, for the same reason. */
const LIFE_MS = 1_500;

/** Worker processes that are started in order to be killed. */
export class WorkerPool {
  /** What workers said that ended although nobody killed them, while the database was there. */
  /** @type {string[]} */
  stopped = [];
  databaseIsAway = false;
  #arguments;
  #env;
  #random;

  /**
   * @param {readonly string[]} arguments_
   * @param {Record<string, string>} env
   * @param {() => number} random
   */
  constructor(arguments_, env, random) {
    this.#arguments = arguments_;
    this.#env = env;
    this.#random = random;
  }

  /** Most are killed while they work. False when it had ended by itself. */
  async killOne() {
    let wasAway = this.databaseIsAway;
    const worker = startFlowc(this.#arguments, { env: this.#env });
    const isReady = await Promise.race([
      worker.says(/ready/).then(
        () => true,
        () => false,
      ),
      delay(READY_MS, false),
    ]);
    wasAway ||= this.databaseIsAway;
    const isOver = await Promise.race([worker.ended.then(() => true), delay(this.#random() * LIFE_MS, false)]);
    if (!isOver) {
      await worker.kill();
      return true;
    }
    // One that cannot connect when it starts says so and ends; one that works goes on.
    if (isReady || !wasAway) this.stopped.push(`${worker.said.stdout}${worker.said.stderr}`);
    return false;
  }
}
