/** Schedules. `put` is called inside a transaction. */
import type { StatementSync } from "node:sqlite";
import type { Store, StoredSchedule } from "../store.js";
import { insertMessage, insertRun } from "./outward.js";
import { toSchedule, type ScheduleRow } from "../rows.js";

type Prepare = (sql: string) => StatementSync;

const COLUMNS = "name, workflow, version, due_at, definition, args";

/** See `Store.putSchedule`. */
export function put(
  prepare: Prepare,
  { name, workflow, version, dueAt, definition, args }: StoredSchedule,
  expected: string | undefined,
  outward: Parameters<Store["putSchedule"]>[2],
): "written" | "superseded" {
  const at = dueAt ?? null;
  const written =
    expected === undefined
      ? prepare(`INSERT INTO schedules (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING`).run(
          name,
          workflow,
          version,
          at,
          definition,
          args,
        )
      : prepare(
          "UPDATE schedules SET workflow = ?2, version = ?3, due_at = ?4, definition = ?5, args = ?6 WHERE name = ?1 AND version = ?7",
        ).run(name, workflow, version, at, definition, args, expected);
  if (written.changes === 0) return "superseded";
  for (const run of outward?.starts ?? []) insertRun(prepare, run);
  for (const message of outward?.sends ?? []) insertMessage(prepare, message);
  return "written";
}

export function get(prepare: Prepare, name: string): StoredSchedule | undefined {
  const row = prepare(`SELECT ${COLUMNS} FROM schedules WHERE name = ?`).get(name) as ScheduleRow | undefined;
  return row && toSchedule(row);
}

export function list(prepare: Prepare): StoredSchedule[] {
  return (prepare(`SELECT ${COLUMNS} FROM schedules ORDER BY name`).all() as unknown as ScheduleRow[]).map(toSchedule);
}

/** See `Store.dueSchedules`. */
export function due(
  prepare: Prepare,
  { now, workflows, limit }: Parameters<Store["dueSchedules"]>[0],
): Awaited<ReturnType<Store["dueSchedules"]>> {
  const known = JSON.stringify(workflows);
  const ours = "workflow IN (SELECT value FROM json_each(?1))";
  const rows = prepare(`SELECT ${COLUMNS} FROM schedules WHERE due_at <= ?2 AND ${ours} ORDER BY due_at LIMIT ?3`).all(
    known,
    now,
    limit,
  );
  const next = prepare(`SELECT min(due_at) AS at FROM schedules WHERE due_at > ?2 AND ${ours}`).get(known, now);
  return { due: (rows as unknown as ScheduleRow[]).map(toSchedule), nextAt: (next as { at: number | null }).at ?? undefined };
}
