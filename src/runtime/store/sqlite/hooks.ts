/** Hooks and what they have not been told yet. Every function but `list` is called inside a transaction. */
import type { StatementSync } from "node:sqlite";
import { hookEventOf, type Commit, type Delivery, type HookEvent, type Store, type StoredHook } from "../store.js";

type Prepare = (sql: string) => StatementSync;

export function put(prepare: Prepare, { name, events }: StoredHook): void {
  prepare("DELETE FROM hooks WHERE name = ?").run(name);
  for (const event of new Set(events)) prepare("INSERT INTO hooks (name, event) VALUES (?, ?)").run(name, event);
}

export function list(prepare: Prepare): StoredHook[] {
  const hooks = new Map<string, HookEvent[]>();
  const rows = prepare("SELECT name, event FROM hooks ORDER BY name, event").all();
  for (const { name, event } of rows as { name: string; event: HookEvent }[]) {
    const events = hooks.get(name);
    if (events === undefined) hooks.set(name, [event]);
    else events.push(event);
  }
  return [...hooks].map(([name, events]) => ({ name, events }));
}

export function remove(prepare: Prepare, name: string): boolean {
  prepare("DELETE FROM deliveries WHERE hook = ?").run(name);
  return prepare("DELETE FROM hooks WHERE name = ?").run(name).changes > 0;
}

/** @param n number of the run that commits */
export function tellHooks(prepare: Prepare, n: number, commit: Commit): void {
  const event = hookEventOf(commit);
  if (event === undefined) return;
  const { at, version, outcome } = commit;
  const kept = event === "completed" ? null : (outcome ?? null);
  prepare(
    "INSERT INTO deliveries (hook, run, event, at, version, due_at, outcome) SELECT name, ?1, ?2, ?3, ?4, ?3, ?5 FROM hooks WHERE event = ?2",
  ).run(n, event, at, version, kept);
}

export function claim(
  prepare: Prepare,
  { workerId, now, hooks, limit, holds }: Parameters<Store["claimDeliveries"]>[0],
): Delivery[] {
  if (prepare("SELECT 1 FROM worker WHERE id = ?").get(workerId) === undefined) return [];
  if (holds !== undefined) prepare(GIVE_BACK).run(workerId, JSON.stringify(holds));
  const rows = prepare(DUE).all(JSON.stringify(hooks), now, limit) as unknown as (Omit<Delivery, "outcome"> & {
    readonly outcome: Uint8Array | null;
  })[];
  for (const { id } of rows) prepare("UPDATE deliveries SET owner = ?, attempt = attempt + 1 WHERE id = ?").run(workerId, id);
  return rows.map(({ outcome, ...row }) => ({ ...row, outcome: outcome ?? undefined }));
}

const GIVE_BACK = "UPDATE deliveries SET owner = NULL WHERE owner = ? AND id NOT IN (SELECT value FROM json_each(?))";
const DUE = `SELECT d.id, d.hook, r.id AS run, d.event, d.at, d.version, d.attempt + 1 AS attempt, d.outcome
  FROM deliveries d JOIN runs r ON r.n = d.run
  WHERE d.owner IS NULL AND d.due_at <= ?2 AND d.hook IN (SELECT value FROM json_each(?1)) ORDER BY d.due_at, d.id LIMIT ?3`;
