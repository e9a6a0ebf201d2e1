/**
 * Looks after the schedules of the workflows that a worker has loaded. Owns nothing but a time: everything else is in the store, so any number of workers may look
 * at one schedule, and the first to write decides (I5).
 */
import { newImage, type Codec } from "../image.js";
import { isOutage } from "../outage.js";
import type { Ports } from "../ports.js";
import { functionById } from "../registry.js";
import { oneLine } from "../saved.js";
import { checkReadable } from "../store/sealed.js";
import { LIVE_STATUSES, type NewMessage, type NewRun, type Store, type StoredSchedule } from "../store/store.js";
import { loadedWorkflows } from "../workflows.js";
import { calendarOf } from "./calendar.js";
import { plan, type Occurrence, type Plan } from "./plan.js";
import { fromStored, toStored, type ScheduleRecord } from "./stored.js";

/** How often it asks for schedules at most. */
const LOOK_INTERVAL_MS = 1_000;
const AT_ONCE = 1_000;

export interface KeeperOptions {
  readonly store: Store;
  readonly codec: Codec;
  readonly ports: Ports;
  /** Runs were started or sent messages. */
  onOutward(): void;
}

export class ScheduleKeeper {
  readonly #options: KeeperOptions;
  /** It does not look before that. */
  #lookAt = -Infinity;
  #dueAt = Infinity;
  /** Versions of schedules that could not be carried out, so that each is told once. */
  readonly #told = new Map<string, string>();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** When it wants to be called next, Infinity when there is no reason to. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Carries out what is due. */
  async look(): Promise<void> {
    const { store, ports } = this.#options;
    const now = ports.clock.now();
    if (now < this.#lookAt) {
      // Somebody may have had a reason to call: what is put off is made up for.
      this.#dueAt = this.#lookAt;
      return;
    }
    const { due, nextAt } = await store.dueSchedules({ now, workflows: loadedWorkflows(), limit: AT_ONCE });
    let again = due.length === AT_ONCE ? now : Infinity;
    for (const schedule of due) again = Math.min(again, await this.#lookAtOne(schedule, now));
    this.#lookAt = Math.min(nextAt ?? Infinity, now + LOOK_INTERVAL_MS);
    this.#dueAt = Math.min(nextAt ?? Infinity, Math.max(again, this.#lookAt));
  }

  /** Answers when to look at it again. One that cannot be carried out keeps nobody from the others. */
  async #lookAtOne(schedule: StoredSchedule, now: number): Promise<number> {
    try {
      return await this.#carryOut(fromStored(schedule), now);
    } catch (error) {
      if (isOutage(error) || (error as { code?: unknown }).code === "FLOW_STORE") throw error;
      if (this.#told.get(schedule.name) === schedule.version) return now;
      this.#told.set(schedule.name, schedule.version);
      this.#options.ports.logger.warn("a schedule cannot be carried out", { schedule: schedule.name, error: oneLine(error) });
      return now;
    }
  }

  async #carryOut(record: ScheduleRecord, now: number): Promise<number> {
    const { store, ports, onOutward } = this.#options;
    const { name, definition, state } = record;
    const running = await this.#live(state.running);
    const planned = plan(name, definition, state, await calendarOf(definition.spec), now, running);
    if (!changes(record, planned)) return Infinity;
    const next = { ...record, state: planned.state, dueAt: planned.dueAt, version: ports.newId() };
    const outward = { starts: this.#runsOf(record, planned.starts, now), sends: this.#cancelsOf(planned, now) };
    // Superseded: somebody else has looked, or changed it. What that one decided counts.
    if ((await store.putSchedule(toStored(next), record.version, outward)) === "superseded") return now;
    if (outward.starts.length + outward.sends.length > 0) onOutward();
    // The end of a run that others wait for is seen by the next poll, or word of it comes before.
    return planned.state.line.length > 0 ? Infinity : (planned.dueAt ?? Infinity);
  }

  async #live(runs: readonly string[]): Promise<string[]> {
    const live: string[] = [];
    for (const id of runs) {
      const run = await this.#options.store.getRun(id);
      if (run !== undefined && LIVE_STATUSES.has(run.status)) live.push(id);
    }
    return live;
  }

  #runsOf({ workflow, args: bytes, definition }: ScheduleRecord, starts: readonly Occurrence[], now: number): NewRun[] {
    const { codec } = this.#options;
    if (starts.length > 0) checkReadable(bytes);
    const { deadlineMs, pauseOnFailure } = definition;
    const settings = { deadline: deadlineMs === undefined ? undefined : now + deadlineMs, pauseOnFailure };
    return starts.map(({ id }) => {
      const args = codec.decode(bytes) as readonly unknown[];
      const image = codec.encode(newImage(id, workflow, functionById(workflow)!, args, now, settings));
      return { id, workflow, image, createdAt: now };
    });
  }

  #cancelsOf({ cancels }: Plan, now: number): NewMessage[] {
    const payload = this.#options.codec.encode(undefined);
    return cancels.map(({ run, because }) => ({
      run,
      kind: "cancel",
      topic: `${because} takes its place`,
      payload,
      sentAt: now,
      id: `cancel for ${because}`,
    }));
  }
}

/** Whether there is anything to write. A schedule that waits for the end of a run is looked at and left as it is. */
function changes({ state, dueAt }: ScheduleRecord, planned: Plan): boolean {
  if (planned.starts.length + planned.cancels.length > 0) return true;
  const isWaiting = planned.state.line.length > 0 && dueAt !== undefined;
  return (
    (planned.dueAt !== dueAt && !isWaiting) || planned.state.cursor !== state.cursor || planned.state.skipped !== state.skipped
  );
}
