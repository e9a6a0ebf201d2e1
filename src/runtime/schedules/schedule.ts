/** The host's handle to a schedule. */
import { UsageError } from "../../shared/errors.js";
import { timeOf, type Instant } from "../effects/instant.js";
import { hubOf } from "../hub.js";
import { outlast } from "../outage.js";
import type { Ports } from "../ports.js";
import type { Store, StoredSchedule } from "../store/store.js";
import { between, calendarOf, type Calendar } from "./calendar.js";
import { newState, nextLook, occurrenceId, type Definition, type Occurrence, type State } from "./plan.js";
import { fromStored, toStored, type ScheduleRecord } from "./stored.js";

/** How a schedule stands. */
export interface ScheduleDescription {
  readonly name: string;
  readonly workflow: string;
  /** The cron expression with its time zone, or the interval in milliseconds. */
  readonly spec: Definition["spec"];
  readonly overlap: Definition["overlap"];
  readonly catchUp: Definition["catchUp"];
  /** Why it is paused; `undefined` when it is not. */
  readonly paused: string | undefined;
  /** Its next occurrences, without their jitter. None while it is paused. */
  readonly next: readonly Date[];
  /** Runs that wait for their turn. */
  readonly waiting: readonly string[];
  /** The last run it has started. */
  readonly lastRun: string | undefined;
  /** How many runs it has started. */
  readonly started: number;
  /** How many occurrences were left out because an earlier run was under way. */
  readonly skipped: number;
}

/** More than this is a mistake in the dates. */
const MOST_BACKFILLED = 10_000;

export class Schedule {
  readonly #store: Store;
  readonly #ports: Ports;

  /** Use `flow.schedule` or `flow.scheduled`. */
  constructor(
    readonly name: string,
    store: Store,
    ports: Ports,
  ) {
    this.#store = store;
    this.#ports = ports;
  }

  /** How it stands, with its next `count` occurrences. Throws UsageError when there is no such schedule; so do all methods but `delete`. */
  async describe(count = 5): Promise<ScheduleDescription> {
    return describe(await this.#read(), count, this.#ports.clock.now());
  }

  /** Starts no more runs until `resume`; those under way go on. */
  async pause(reason = ""): Promise<void> {
    await this.#change(({ state }) => ({ ...state, paused: { reason } }));
  }

  /** Goes on from now; what would have happened in the meantime is not made up for. */
  async resume(): Promise<void> {
    await this.#change(({ state }, _, now) =>
      state.paused === undefined ? state : { ...state, paused: undefined, cursor: now },
    );
  }

  /** Has a run started now, or when the one under way has ended unless they may overlap; also when it is paused. Answers the id the run will have. */
  async trigger(): Promise<string> {
    const id = `${this.name}@trigger-${this.#ports.newId()}`;
    await this.#change(({ state }, _, now) => ({ ...state, line: [...state.line, { id, at: now, isExtra: true }] }));
    return id;
  }

  /**
   * Has runs started for the occurrences from one time to another, both included, one after the other unless they may overlap; those that have a run already are left alone.
   * Answers the ids. Throws UsageError when there are more than 10,000.
   */
  async backfill(from: Instant, to: Instant): Promise<string[]> {
    const [start, end] = [timeOf(from, "backfill: from"), timeOf(to, "backfill: to")];
    let ids: string[] = [];
    await this.#change(({ state }, calendar, now) => {
      if (end > now)
        throw new UsageError(`schedule ${this.name}: backfill is for the past; ${new Date(end).toISOString()} is to come.`);
      const line = occurrences(this.name, calendar, start, end);
      ids = line.map(({ id }) => id);
      return { ...state, line: [...state.line, ...line] };
    });
    return ids;
  }

  /** Takes it out; runs it has started go on. `false` when there is none. */
  delete(): Promise<boolean> {
    return outlast(this.#ports, () => this.#store.deleteSchedule(this.name));
  }

  async #read(): Promise<ScheduleRecord> {
    const stored = await this.#store.getSchedule(this.name);
    if (stored !== undefined) return fromStored(stored);
    const others = (await this.#store.listSchedules()).map(({ name }) => name);
    const known = others.length === 0 ? "There are none." : `There are: ${others.slice(0, 20).join(", ")}.`;
    throw new UsageError(`There is no schedule ${this.name} in ${this.#store.url}. ${known}`);
  }

  /** Whoever writes first wins; the other looks again. */
  async #change(change: (record: ScheduleRecord, calendar: Calendar, now: number) => State): Promise<void> {
    for (;;) {
      const record = await this.#read();
      const { name, definition } = record;
      const now = this.#ports.clock.now();
      const calendar = await calendarOf(definition.spec);
      const state = change(record, calendar, now);
      const dueAt = nextLook(name, definition, state, calendar, now);
      const next = toStored({ ...record, state, dueAt, version: this.#ports.newId() });
      if ((await this.#store.putSchedule(next, record.version)) === "written") break;
    }
    hubOf(this.#store).work();
  }
}

/** What `flow.schedule` writes: a new schedule, or the changed definition of the one that is there, which goes on where it is. */
export async function define(
  { store, ports }: { readonly store: Store; readonly ports: Ports },
  { name, workflow, definition, args }: Pick<ScheduleRecord, "name" | "workflow" | "definition" | "args">,
): Promise<void> {
  const calendar = await calendarOf(definition.spec);
  for (;;) {
    const stored = await store.getSchedule(name);
    const before = stored && fromStored(stored);
    const now = ports.clock.now();
    if (before !== undefined && before.workflow !== workflow)
      throw new UsageError(
        `flow.schedule: schedule ${name} exists already, and it starts ${before.workflow}, not ${workflow}. Delete it first, or choose another name.`,
      );
    const state = stateOf(before, definition, now);
    const dueAt = nextLook(name, definition, state, calendar, now);
    const next = toStored({ name, workflow, version: ports.newId(), dueAt, definition, state, args });
    if ((await store.putSchedule(next, before?.version)) === "written") return hubOf(store).work();
  }
}

/** Occurrences of other times have nothing to do with those of before. */
function stateOf(before: ScheduleRecord | undefined, { spec }: Definition, now: number): State {
  if (before === undefined) return newState(now);
  const isSame = JSON.stringify(before.definition.spec) === JSON.stringify(spec);
  return isSame ? before.state : { ...before.state, cursor: now };
}

/** For lists. */
export async function describeStored(stored: StoredSchedule, count: number, now: number): Promise<ScheduleDescription> {
  return describe(fromStored(stored), count, now);
}

async function describe(record: ScheduleRecord, count: number, now: number): Promise<ScheduleDescription> {
  const { name, workflow, definition, state } = record;
  const { spec, overlap, catchUp } = definition;
  const { paused, line, last, started, skipped } = state;
  const calendar = await calendarOf(spec);
  const next = paused === undefined ? [...between(calendar, Math.max(now, state.cursor), Infinity, count)] : [];
  return {
    name,
    workflow,
    spec,
    overlap,
    catchUp,
    paused: paused?.reason,
    next: next.map((at) => new Date(at)),
    waiting: line.map(({ id }) => id),
    lastRun: last,
    started,
    skipped,
  };
}

function occurrences(name: string, calendar: Calendar, from: number, to: number): Occurrence[] {
  const times = [...between(calendar, from - 1, to, MOST_BACKFILLED + 1)];
  if (times.length > MOST_BACKFILLED)
    throw new UsageError(
      `schedule ${name}: there are more than ${MOST_BACKFILLED} occurrences between these times; backfill fewer at once.`,
    );
  return times.map((at) => ({ id: occurrenceId(name, at), at, isExtra: true }));
}
