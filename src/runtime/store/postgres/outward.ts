/** What commits do beyond their own runs, as calls of the functions in `outward-functions.ts` and `task-functions.ts`. */
import { createHash } from "node:crypto";
import { kindNumber } from "../rows.js";
import {
  FINAL_STATUSES,
  hookEventOf,
  LIVE_STATUSES,
  type CacheEntry,
  type Commit,
  type NewMessage,
  type NewRun,
} from "../store.js";
import { bigints, byteas, doubles, pairs, storable, texts } from "./arrays.js";
import type { Link } from "./chain.js";
import type { Value } from "./connect.js";
import { ENDS_WITH_PARENT_BIT, PARENT_IS_SOURCE_BIT } from "./outward-functions.js";

/** True when a commit needs more than its own run, or somebody may wait for its end, or for a pause. Only then the hooks are looked at. */
export function isOutward(commit: Commit): boolean {
  const { starts, sends, watches, notes, tasks, withdrawn, cached } = commit;
  return (
    hookEventOf(commit) !== undefined ||
    [starts, sends, watches, notes, tasks, withdrawn, cached].some((list) => list !== undefined)
  );
}

export interface Outward {
  /** The runs to lock first, when it is not only those of the commits. */
  readonly locks: Link | undefined;
  /** What comes after, in the order in which it has to happen. */
  readonly links: readonly Link[];
}

/** What a group of commits does for others. */
export function outwardLinks(commits: readonly Commit[], ns: readonly number[]): Outward {
  if (!commits.some(isOutward)) return { locks: undefined, links: [] };
  const made = KINDS.map((kind) => kind(commits, ns)).filter((link) => link !== undefined);
  return { locks: locksOf(commits, ns), links: made };
}

/** Runs to start and messages to send that come with something else than a commit. */
export function broughtLinks(starts: readonly NewRun[], sends: readonly NewMessage[]): Outward {
  const links: Link[] = [];
  const nobody = (all: readonly unknown[]): Value => bigints(all.map(() => undefined));
  if (starts.length > 0)
    links.push({ name: "start_runs", values: [nobody(starts), ...runColumns(starts.map((start) => ({ start, by: "" })))] });
  if (sends.length > 0) links.push({ name: "send_messages", values: [nobody(sends), ...messageColumns(sends)] });
  const targets = new Set(sends.map(({ run }) => run));
  return { locks: targets.size === 0 ? undefined : lockLink([], targets, []), links };
}

/** Bytes of it, roughly. */
export function outwardSize({ starts = [], sends = [], tasks = [], cached = [] }: Commit): number {
  let size = 0;
  for (const { image } of starts) size += image.length;
  for (const { payload } of sends) size += payload.length;
  for (const { payload, details } of tasks) size += payload.length + (details?.length ?? 0);
  for (const { value } of cached) size += value.length;
  return size;
}

/** The key of a cached result: of any length, and of any characters. */
export function cacheKey({ key }: Pick<CacheEntry, "key">): Buffer {
  return createHash("sha256").update(key).digest();
}

function locksOf(commits: readonly Commit[], ns: readonly number[]): Link | undefined {
  const targets = new Set<string>();
  for (const { sends = [], watches = [] } of commits) {
    for (const { run } of sends) targets.add(run);
    for (const run of watches) targets.add(run);
  }
  const ended = ns.filter((_, at) => !LIVE_STATUSES.has(commits[at]!.status));
  if (targets.size === 0 && ended.length === 0) return undefined;
  return lockLink(ns, targets, ended);
}

function lockLink(own: readonly number[], targets: ReadonlySet<string>, ended: readonly number[]): Link {
  return { name: "lock_runs", values: [bigints(own), texts([...targets].map(storable)), bigints(ended)] };
}

type Kind = (commits: readonly Commit[], ns: readonly number[]) => Link | undefined;

/** A link for what commits have several of, nothing when none has any. */
function kind<T>(
  name: string,
  of: (commit: Commit) => Iterable<T>,
  columns: (items: readonly T[], commits: readonly Commit[]) => Value[],
  tells = false,
): Kind {
  return (commits, ns) => {
    const { runs, items } = pairs(commits, ns, of);
    return items.length === 0 ? undefined : { name, values: [bigints(runs), ...columns(items, commits)], tells };
  };
}

const KINDS: readonly Kind[] = [
  kind("start_runs", ({ run, starts = [] }) => starts.map((start) => ({ start, by: run })), runColumns),
  kind("send_messages", ({ sends = [] }) => sends, messageColumns),
  kind(
    "watch_runs",
    ({ watches = [], at }) => watches.map((target) => ({ target, at })),
    (all) => [texts(all.map(({ target }) => storable(target))), bigints(all.map(({ at }) => at))],
  ),
  // As JSON, in which every text can be stored.
  kind(
    "note_facts",
    ({ notes = {} }) => Object.entries(notes),
    (all) => [texts(all.map(([key]) => JSON.stringify(key))), texts(all.map(([, value]) => JSON.stringify(value)))],
  ),
  kind(
    "withdraw_tasks",
    ({ withdrawn = [] }) => withdrawn,
    (all) => [bigints(all)],
  ),
  kind(
    "put_tasks",
    ({ tasks = [] }) => tasks,
    (all) => [
      bigints(all.map(({ call }) => call)),
      bigints(all.map(({ attempt }) => attempt)),
      texts(all.map(({ queue }) => storable(queue))),
      texts(all.map(({ step }) => storable(step))),
      texts(all.map(({ key }) => (key === undefined ? undefined : storable(key)))),
      doubles(all.map(({ priority }) => priority)),
      bigints(all.map(({ dueAt }) => dueAt)),
      byteas(all.map(({ payload }) => payload)),
      byteas(all.map(({ details }) => details)),
    ],
  ),
  kind(
    "put_cached",
    ({ cached = [] }) => cached,
    (all, commits) => [
      byteas(all.map(cacheKey)),
      byteas(all.map(({ value }) => value)),
      bigints(all.map(({ until }) => until)),
      Math.trunc(Math.max(...commits.map(({ at }) => at))),
    ],
  ),
  kind(
    "tell_hooks",
    // Of ends they are told by the link that comes next.
    (commit) => (hookEventOf(commit) === "paused" ? [commit] : []),
    () => [],
    true,
  ),
  kind(
    "tell_ends",
    (commit) => (LIVE_STATUSES.has(commit.status) ? [] : [commit]),
    (all) => [
      texts(all.map(({ run }) => storable(run))),
      byteas(all.map(({ outcome }) => outcome)),
      bigints(all.map(({ at }) => at)),
      bigints(all.map(({ status }) => (FINAL_STATUSES.has(status) ? 1 : 0))),
    ],
    true,
  ),
];

function runColumns(all: readonly { readonly start: NewRun; readonly by: string }[]): Value[] {
  const flags = ({ start, by }: (typeof all)[number]): number =>
    (start.endsWithParent ? ENDS_WITH_PARENT_BIT : 0) | (start.parent === by ? PARENT_IS_SOURCE_BIT : 0);
  return [
    texts(all.map(({ start }) => storable(start.id))),
    texts(all.map(({ start }) => start.workflow)),
    bigints(all.map(({ start }) => start.createdAt)),
    bigints(all.map(({ start }) => start.startAt ?? start.createdAt)),
    bigints(all.map(flags)),
    texts(all.map(({ start, by }) => (start.parent === by || start.parent === undefined ? undefined : storable(start.parent)))),
    byteas(all.map(({ start }) => start.image)),
  ];
}

function messageColumns(all: readonly NewMessage[]): Value[] {
  return [
    texts(all.map(({ run }) => storable(run))),
    texts(all.map(({ id }) => (id === undefined ? undefined : storable(id)))),
    bigints(all.map(({ kind: of }) => kindNumber(of))),
    texts(all.map(({ topic }) => storable(topic))),
    byteas(all.map(({ payload }) => payload)),
    bigints(all.map(({ sentAt }) => sentAt)),
  ];
}
