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
  // Each hook has its part of the index: as much is read as can be taken, however much there is.
  const due = hooks.flatMap((hook) => prepare(DUE).all(hook, now, limit) as unknown as DueRow[]);
  return due
    .toSorted((a, b) => a.due_at - b.due_at || a.id - b.id)
    .slice(0, limit)
    .map((row) => take(prepare, row, workerId));
}

const GIVE_BACK = "UPDATE deliveries SET owner = NULL WHERE owner = ? AND id NOT IN (SELECT value FROM json_each(?))";
const DUE = `SELECT d.id, d.hook, r.id AS run, d.event, d.at, d.version, d.attempt, d.due_at, d.outcome FROM deliveries d JOIN runs r ON r.n = d.run
  WHERE d.hook = ?1 AND d.owner IS NULL AND d.due_at <= ?2 ORDER BY d.due_at, d.id LIMIT ?3`;

interface DueRow extends Omit<Delivery, "outcome"> {
  readonly due_at: number;
  readonly outcome: Uint8Array | null;
}

function take(prepare: Prepare, { id, hook, run, event, at, version, attempt, outcome }: DueRow, workerId: string): Delivery {
  prepare("UPDATE deliveries SET owner = ?, attempt = attempt + 1 WHERE id = ?").run(workerId, id);
  return { id, hook, run, event, at, version, attempt: attempt + 1, outcome: outcome ?? undefined };
}
