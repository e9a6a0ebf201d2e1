/** The tasks, rates and cached results of a store in memory. */
import { after, allowedAt } from "./rate.js";
import type { CacheEntry, NewTask, QueueLimits, Task, TaskOptions } from "./store.js";

interface Row {
  task: Task;
  owner: string | undefined;
}

export class MemoryTasks {
  readonly #rows = new Map<number, Row>();
  /** When the next task of a queue with a limited rate may begin. */
  readonly #nextAt = new Map<string, number>();
  readonly #cache = new Map<string, CacheEntry>();
  #lastId = 0;

  put(run: string, tasks: readonly NewTask[]): void {
    for (const task of tasks) {
      const [before] = this.#of(run, task.call);
      if (before !== undefined && before.task.attempt >= task.attempt) continue;
      const id = before?.task.id ?? ++this.#lastId;
      this.#rows.set(id, {
        task: { ...task, id, run, payload: task.payload.slice(), details: task.details?.slice() },
        owner: undefined,
      });
    }
  }

  withdraw(run: string, calls: readonly number[]): void {
    for (const call of calls) for (const { task } of this.#of(run, call)) this.#rows.delete(task.id);
  }

  /** The run has ended. */
  forget(run: string): void {
    for (const { task } of this.#rows.values()) if (task.run === run) this.#rows.delete(task.id);
  }

  release(workerId: string): void {
    this.#release(workerId, []);
  }

  /** What it does not know to hold. */
  #release(workerId: string, holds: readonly number[]): void {
    for (const row of this.#rows.values()) if (row.owner === workerId && !holds.includes(row.task.id)) row.owner = undefined;
  }

  claim({ workerId, now, queues, steps, limit, holds }: TaskOptions): Task[] {
    const claimed: Task[] = [];
    if (holds !== undefined) this.#release(workerId, holds);
    const known = new Set(steps);
    for (const limits of queues) {
      const room = Math.min(limit - claimed.length, this.#room(limits, now));
      const rows = this.#due(limits, now, known).slice(0, Math.max(0, room));
      for (const row of rows) row.owner = workerId;
      if (limits.rate !== undefined && rows.length > 0)
        this.#nextAt.set(limits.queue, after(limits.rate, this.#nextAt.get(limits.queue), now, rows.length));
      claimed.push(...rows.map(({ task }) => ({ ...task, payload: task.payload.slice() })));
    }
    return claimed;
  }

  #due({ queue, perKey }: QueueLimits, now: number, steps: ReadonlySet<string>): Row[] {
    const due = [...this.#rows.values()]
      .filter(({ owner, task }) => owner === undefined && task.queue === queue && task.dueAt <= now && steps.has(task.step))
      .sort(({ task: a }, { task: b }) => b.priority - a.priority || a.dueAt - b.dueAt || a.id - b.id);
    if (perKey === undefined) return due;
    const running = new Map<string, number>();
    const count = (key: string): number => running.set(key, (running.get(key) ?? 0) + 1).get(key)!;
    for (const { owner, task } of this.#rows.values())
      if (owner !== undefined && task.queue === queue && task.key !== undefined) count(task.key);
    return due.filter(({ task }) => task.key === undefined || count(task.key) <= perKey);
  }

  #room({ queue, concurrency, rate }: QueueLimits, now: number): number {
    const held = [...this.#rows.values()].filter(({ owner, task }) => owner !== undefined && task.queue === queue).length;
    const room = concurrency === undefined ? Infinity : concurrency - held;
    return rate === undefined ? room : Math.min(room, allowedAt(rate, this.#nextAt.get(queue), now));
  }

  /** When the first free task of these queues is due after `now`; Infinity when there is none. */
  nextDue(now: number, queues: readonly string[]): number {
    let next = Infinity;
    for (const { owner, task } of this.#rows.values())
      if (owner === undefined && task.dueAt > now && queues.includes(task.queue)) next = Math.min(next, task.dueAt);
    return next;
  }

  held(workerId: string): number[] {
    return [...this.#rows.values()].filter(({ owner }) => owner === workerId).map(({ task }) => task.id);
  }

  noteProgress(id: number, workerId: string, details: Uint8Array): boolean {
    const row = this.#rows.get(id);
    if (row?.owner !== workerId) return false;
    row.task = { ...row.task, details: details.slice() };
    return true;
  }

  /** Takes a task out; `undefined` when the worker does not hold it. */
  finish(id: number, workerId: string): Task | undefined {
    const row = this.#rows.get(id);
    if (row?.owner !== workerId) return undefined;
    this.#rows.delete(id);
    return row.task;
  }

  cache(entry: CacheEntry, now: number): void {
    this.#cache.set(entry.key, { ...entry, value: entry.value.slice() });
    for (const { key, until } of this.#cache.values()) if (until <= now) this.#cache.delete(key);
  }

  cached(key: string, now: number): Uint8Array | undefined {
    const entry = this.#cache.get(key);
    return entry !== undefined && entry.until > now ? entry.value.slice() : undefined;
  }

  #of(run: string, call: number): Row[] {
    return [...this.#rows.values()].filter(({ task }) => task.run === run && task.call === call);
  }
}
