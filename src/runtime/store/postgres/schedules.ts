import type { Store, StoredSchedule } from "../store.js";
import { toSchedule, type ScheduleRow } from "../rows.js";
import { storable, texts } from "./arrays.js";
import { chain } from "./chain.js";
import type { Runner } from "./connect.js";
import { broughtLinks } from "./outward.js";

interface DueRow extends ScheduleRow {
  /** NULL when nothing is due, and this is about `next` alone. */
  readonly name: string;
  readonly next: number | null;
}

const COLUMNS = "s.name, s.workflow, s.version, s.due_at, s.definition, s.args";

/** The schedules of a store. */
export class PostgresSchedules {
  readonly #connections: Runner;
  readonly #schema: string;

  constructor(connections: Runner, schema: string) {
    this.#connections = connections;
    this.#schema = schema;
  }

  /** See `Store.putSchedule`: the schedule and what comes with it are one statement. */
  async put(
    { name, workflow, version, dueAt, definition, args }: StoredSchedule,
    expected: string | undefined,
    { starts, sends }: NonNullable<Parameters<Store["putSchedule"]>[2]> = { starts: [], sends: [] },
  ): Promise<"written" | "superseded"> {
    const due = dueAt === undefined ? null : Math.trunc(dueAt);
    const values = [expected ?? null, name, workflow, version, due, definition, args];
    const { locks, links } = broughtLinks(starts, sends);
    const statement = chain(this.#schema, locks, { name: "put_schedule", values }, links);
    const [row] = await this.#connections.run<{ done: number[] | null }>(statement);
    return row!.done === null ? "written" : "superseded";
  }

  async get(name: string): Promise<StoredSchedule | undefined> {
    const text = `SELECT ${COLUMNS} FROM ${this.#schema}.schedules s WHERE s.name = $1`;
    const [row] = await this.#connections.run<ScheduleRow>({ name: "schedule", text, values: [storable(name)] });
    return row && toSchedule(row);
  }

  async list(): Promise<StoredSchedule[]> {
    const text = `SELECT ${COLUMNS} FROM ${this.#schema}.schedules s ORDER BY s.name`;
    return (await this.#connections.run<ScheduleRow>({ name: "schedules", text, values: [] })).map(toSchedule);
  }

  async delete(name: string): Promise<boolean> {
    const text = `DELETE FROM ${this.#schema}.schedules WHERE name = $1 RETURNING 1`;
    return (await this.#connections.run({ name: "delete_schedule", text, values: [storable(name)] })).length > 0;
  }

  /** One statement, so that what is due and what comes next are of one moment. */
  async due({ now, workflows, limit }: Parameters<Store["dueSchedules"]>[0]): ReturnType<Store["dueSchedules"]> {
    const ours = `${this.#schema}.schedules s WHERE s.workflow = ANY ($2)`;
    const text = `SELECT n.next, d.* FROM (SELECT (SELECT s.due_at FROM ${ours} AND s.due_at > $1 ORDER BY s.due_at LIMIT 1) AS next) n
      LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM ${ours} AND s.due_at <= $1 ORDER BY s.due_at LIMIT $3) d ON true ORDER BY d.due_at`;
    const values = [Math.floor(now), texts(workflows.map(storable)), limit];
    const rows = await this.#connections.run<DueRow>({ name: "due_schedules", text, values });
    const due = rows.filter(({ due_at }) => due_at !== null).map(toSchedule);
    return { due, nextAt: rows[0]!.next ?? undefined };
  }
}
