/** Bugs in what concerns more than one run, or more than one thing at a time in it. See `mutants.ts`. */
import type { Mutant } from "./mutants.ts";

const MEMORY = "store/memory.js";
const MEMORY_TASKS = "store/memory-tasks.js";

const FAMILY: readonly Mutant[] = [
  {
    name: "child-not-started",
    file: MEMORY,
    edits: [
      [
        "this.#create(run);\n        for (const message of sends)\n            this.#send(message);\n        for (const id",
        "if (commit.journal.length === 0) $&",
      ],
    ],
    finding: /was started, and does not exist/,
    within: 50,
  },
  {
    name: "orphan-not-told",
    file: MEMORY,
    edits: [['this.#tell(id, "orphaned", "", undefined, at);', ";"]],
    finding: /is not told to end/,
    within: 100,
    from: 19,
  },
  {
    name: "abandoned-is-told",
    file: MEMORY,
    edits: [["run.parent !== undefined && run.endsWithParent", "run.parent !== undefined"]],
    finding: /none of its business/,
    within: 100,
    from: 44,
  },
  { name: "end-told-twice", file: MEMORY, edits: [["row.watchers.clear();", ""]], finding: /was told \d+ times/, within: 100 },
  {
    name: "end-lost-by-failed-parent",
    file: MEMORY,
    edits: [["(LIVE_STATUSES.has(row.status) || RETRYABLE_STATUSES.has(row.status))", "LIVE_STATUSES.has(row.status)"]],
    finding: /not over|is not told to end/,
    within: 50,
    from: 9,
  },
  {
    name: "notes-replaced",
    file: MEMORY,
    edits: [["{ ...row.notes, ...notes }", "{ ...notes }"]],
    finding: /its notes are/,
    within: 100,
  },
  {
    name: "answers-without-an-id",
    file: "flow.js",
    edits: [["{ id: channel }", "{}"]],
    finding: /answers to a callback/,
    within: 50,
  },
];

const QUEUES: readonly Mutant[] = [
  {
    name: "queue-without-end",
    file: MEMORY_TASKS,
    edits: [["concurrency === undefined ? Infinity : concurrency - held", "Infinity"]],
    finding: /queue narrow: \d+ are under way/,
    within: 50,
    from: 50,
  },
  {
    name: "one-too-many-of-a-key",
    file: MEMORY_TASKS,
    edits: [["count(task.key) <= perKey", "count(task.key) <= perKey + 1"]],
    finding: /\d+ of key k\d are under way/,
    within: 100,
    from: 8,
  },
  {
    name: "rate-not-kept",
    file: MEMORY_TASKS,
    edits: [["if (limits.rate !== undefined && rows.length > 0)", "if (false)"]],
    finding: /queue rated: \d+ began in/,
    within: 100,
    from: 44,
  },
  {
    name: "no-priorities",
    file: MEMORY_TASKS,
    edits: [["b.priority - a.priority || ", ""]],
    finding: /queue narrow: .* goes before/,
    within: 100,
    from: 54,
  },
  {
    name: "progress-not-kept",
    file: MEMORY_TASKS,
    edits: [["row.task = { ...row.task, details: details.slice() };", ""]],
    finding: /had got as far as/,
    within: 100,
    from: 54,
  },
  {
    name: "ended-task-put-again",
    file: MEMORY,
    edits: [["!told.has(`${call}:${attempt}`)", "true"]],
    finding: /nobody wants it|I3: attempt/,
    within: 50,
  },
  {
    name: "withdrawn-task-stays",
    file: MEMORY,
    edits: [["this.#tasks.withdraw(row.id, withdrawn);", ""]],
    finding: /nobody (wants|has) it/,
    within: 50,
    from: 62,
  },
  {
    name: "cache-without-keys",
    file: "step-cache.js",
    edits: [["`${id}:${key}`", "id"]],
    finding: /was fetched, and .* came/,
    within: 50,
  },
  {
    name: "cache-without-end",
    file: MEMORY_TASKS,
    edits: [["entry.until > now ?", "true ?"]],
    finding: /was over \d+ ms ago/,
    within: 50,
  },
];

const STOPS: readonly Mutant[] = [
  {
    name: "timers-fire-in-a-pause",
    file: "driver/due.js",
    edits: [
      ["if (turn.isPaused)\n        return;\n", ""],
      ["return isPaused ? [] : strands", "return strands"],
      ["if (isPaused)\n        return undefined;", ""],
    ],
    finding: /it was paused, and|I3/,
    within: 50,
    from: 6,
  },
  {
    name: "budget-without-end",
    file: "driver/pauses.js",
    edits: [["image.calls <= budget.until ||", "image.calls <= budget.until + 1 ||"]],
    finding: /its budget is/,
    within: 50,
    from: 4,
  },
  {
    name: "deadline-forgotten",
    file: "driver/due.js",
    edits: [["deadline?.raised === undefined ? deadline?.at : undefined", "undefined"]],
    finding: /nobody looks at it at its deadline/,
    within: 50,
  },
  {
    name: "deadline-too-early",
    file: "driver/due.js",
    edits: [["deadline.at > turn.now)", "deadline.at > turn.now + 3_600_000)"]],
    finding: /over time before its deadline/,
    within: 50,
    from: 14,
  },
  {
    name: "begins-when-woken",
    file: "driver/due.js",
    edits: [["(image.rare?.startAt ?? now) <= now", "true"]],
    finding: /ms too early/,
    within: 50,
    from: 4,
  },
  {
    name: "gives-way-for-ever",
    file: "engine.js",
    edits: [['actor.phase = "yielded";\n        this.#ready.push(actor);', 'actor.phase = "yielded";']],
    finding: /not over/,
    within: 50,
  },
  {
    name: "cancel-unheard-by-who-computes",
    file: "engine.js",
    edits: [["actor.driver.goOn(isOver, actor.takeCancel())", "actor.driver.goOn(isOver)"]],
    finding: /not over|goes round/,
    within: 50,
    from: 33,
  },
];

const GROUPS: readonly Mutant[] = [
  {
    name: "group-ends-with-its-verdict",
    file: "group.js",
    edits: [["return this.children.size === 0 && (", "return this.verdict !== undefined || this.children.size === 0 && ("]],
    finding: /is alive|is over/,
    within: 50,
    from: 9,
  },
  {
    name: "map-begins-one-too-many",
    file: "group.js",
    edits: [["this.children.size < this.limit", "this.children.size <= this.limit"]],
    finding: /are under way, and \d+ may be/,
    within: 50,
    from: 4,
  },
  {
    name: "results-as-they-come",
    file: "group.js",
    edits: [["list[pairs[at]] = pairs[at + 1];", "list[at / 2] = pairs[at + 1];"]],
    finding: /has its results as|in place/,
    within: 50,
  },
];

const OPERATIONS: readonly Mutant[] = [
  {
    name: "schedule-written-by-everybody",
    file: MEMORY,
    edits: [["if (this.#schedules.get(schedule.name)?.version !== expected)", "if (false)"]],
    finding: /schedule s\d: .* is started (twice|while)/,
    within: 300,
    from: 20,
  },
  {
    name: "overlap-allowed",
    file: "schedules/plan.js",
    edits: [["this.#running.length === 0 && this.#line.length === 0;", "true;"]],
    finding: /schedule s\d: .*(while|at once)/,
    within: 50,
    from: 4,
  },
  {
    name: "missed-occurrences-left-out",
    file: "schedules/plan.js",
    edits: [["from = Math.max(cursor, Math.min(windowStart, missedBefore - 1));", "from = Math.max(cursor, missedBefore - 1);"]],
    finding: /nothing was started for/,
    within: 100,
    from: 4,
  },
  {
    name: "hook-told-although-it-failed",
    file: "hooks/runner.js",
    edits: [["if (problem === undefined)", "if (true)"]],
    finding: /no handler has ended well/,
    within: 50,
    from: 24,
  },
  {
    name: "delivery-lost-with-its-worker",
    file: "store/memory-hooks.js",
    edits: [["if (row.owner === workerId && !kept.includes(id))\n                row.owner = undefined;", ";"]],
    finding: /not over/,
    within: 100,
  },
  {
    name: "hook-key-of-the-attempt",
    file: "hooks/runner.js",
    edits: [["`${hook}:${run}:${version}`", "`${hook}:${run}:${version + attempt / 10}`"]],
    finding: /there is no such event/,
    within: 50,
  },
];

export const BEYOND: readonly Mutant[] = [...FAMILY, ...QUEUES, ...STOPS, ...GROUPS, ...OPERATIONS];
