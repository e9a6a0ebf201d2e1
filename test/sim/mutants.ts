/**
 * Bugs to plant into the built runtime, each a promise broken in one place. They prove that the simulator can fail: every one has to be found within a
 * bounded number of seeds (`mutants.test.ts`).
 */
import { BEYOND } from "./mutants-beyond.ts";

export interface Mutant {
  readonly name: string;
  /** Below `dist/runtime`. */
  readonly file: string;
  /** Each text is in the file exactly once. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** What the finding says. */
  readonly finding: RegExp;
  /** Seeds within which it has to be found. */
  readonly within: number;
  /** The first of these seeds: one that finds it, so that the test is short. Default 1. */
  readonly from?: number;
}

const MEMORY = "store/memory.js";

/** Bugs in what concerns one run. */
const CORE: readonly Mutant[] = [
  {
    name: "fences-ignored",
    file: MEMORY,
    edits: [
      ["row.fence !== commit.fence", "false"],
      ["row.owner === undefined || row.version + 1 !== commit.version", "row.version + 1 !== commit.version"],
    ],
    finding: /I5: a commit/,
    within: 50,
    from: 13,
  },
  { name: "fence-stands-still", file: MEMORY, edits: [["row.fence++;", ""]], finding: /I5: claimed with fence/, within: 50 },
  {
    name: "half-a-commit-without-image",
    file: MEMORY,
    edits: [["this.#write(row, commit);", "if (commit.consumed.length === 0) this.#write(row, commit);"]],
    finding: /I[24]|its status is/,
    within: 50,
  },
  {
    name: "half-a-commit-without-journal",
    file: MEMORY,
    edits: [["row.journal.push(...structuredClone(commit.journal));", "if (commit.part === undefined) $&"]],
    finding: /I4: the journal/,
    within: 50,
  },
  {
    name: "half-a-commit-without-messages",
    file: MEMORY,
    edits: [["row.messages = row.messages.filter(", "if (commit.journal.length < 2) $&"]],
    finding: /messages on|I4: .*messages were consumed/,
    within: 50,
  },
  {
    name: "part-lost",
    file: MEMORY,
    edits: [["row.parts.push(part.slice());", ""]],
    finding: /I[234]|cannot be read/,
    within: 50,
  },
  {
    name: "commit-lost-in-a-group",
    file: MEMORY,
    edits: [
      [
        "commits.map((commit) => this.#commit(commit))",
        'commits.map((commit, at) => (at === 0 ? this.#commit(commit) : "committed"))',
      ],
    ],
    finding: /I4: version/,
    within: 50,
  },
  {
    name: "message-lost-with-its-worker",
    file: MEMORY,
    edits: [["messages: row.messages.map((message) => ({ ...message })),", "messages: row.messages.splice(0),"]],
    finding: /messages on|I4|not over/,
    within: 50,
    from: 4,
  },
  {
    name: "message-kept-twice",
    file: MEMORY,
    edits: [["row.messageIds.has(id)", "false"]],
    finding: /was taken twice/,
    within: 50,
  },
  {
    name: "message-does-not-wake",
    file: MEMORY,
    edits: [["if (!ended && row.messages.length > 0)", "if (false)"]],
    finding: /not over|nothing is left/,
    within: 300,
    from: 4,
  },
  {
    name: "lease-means-nothing",
    file: MEMORY,
    edits: [["row.wakeAt <= now && row.owner === undefined;", "row.wakeAt <= now;"]],
    finding: /began \d+ times without a fault/,
    within: 50,
    from: 9,
  },
  {
    name: "effects-before-their-commit",
    file: "engine.js",
    edits: [
      [
        "const results = await this.#write(",
        "for (const { actor, transition, commit } of group) actor.start(transition.start, commit.at);\n$&",
      ],
      ["if (!this.#stopping)\n            actor.start(transition.start, commit.at);", ""],
    ],
    finding: /I3/,
    within: 50,
  },
  {
    name: "commit-made-again-is-too-late",
    file: MEMORY,
    edits: [["if (row.version >= commit.version)", "if (false)"]],
    finding: /I5: a commit of the holder/,
    within: 150,
    from: 14,
  },
  {
    name: "lost-claim-is-held-for-ever",
    file: "worker.js",
    edits: [["isInDoubt ? { holds:", "false ? { holds:"]],
    finding: /not over/,
    within: 300,
    // Rare: it takes a claim whose answer is lost, and a run that nothing else wakes.
    from: 642,
  },
  {
    name: "superseded-goes-on",
    file: "engine.js",
    edits: [["if (!committed)", "if (false)"]],
    finding: /I3/,
    within: 300,
    from: 26,
  },
  {
    name: "key-of-the-attempt",
    file: "attempt.js",
    edits: [
      ["(run, { call })", "(run, { call, attempt })"],
      ["`${run}:${call}`", "`${run}:${call + attempt / 1000}`"],
    ],
    finding: /two keys|I3/,
    within: 50,
  },
  {
    name: "message-taken-twice",
    file: "actor.js",
    edits: [["if (message.seq <= this.#lastSeq)", "if (false)"]],
    finding: /messages on|I4/,
    within: 50,
  },
  {
    name: "result-not-kept-for-the-retry",
    file: "driver/finish.js",
    edits: [["if (result !== undefined)\n                wait.kept", "if (false)\n                wait.kept"]],
    finding: /I[34]/,
    within: 50,
  },
  {
    name: "arguments-not-copied",
    file: "scheduler.js",
    edits: [["wait.input = saveInput(wait.input, this.#codec);", "saveInput(wait.input, this.#codec);"]],
    finding: /I3: call \d+ (has|began with) other arguments/,
    within: 50,
  },
  {
    name: "consumed-not-told",
    file: "driver/messages.js",
    edits: [["turn.consumed.push(message.seq);", ""]],
    finding: /messages on|I4/,
    within: 50,
  },
  {
    name: "no-sleep-without-room",
    file: "worker.js",
    edits: [
      ["if (this.#parkedUntil <= clock.now())\n            this.#parkedUntil = Infinity;", ""],
      ["if (now >= this.#leaseUntil)", "if (this.#parkedUntil <= now)\n            this.#parkedUntil = Infinity;\n        $&"],
    ],
    finding: /goes round/,
    within: 300,
    from: 4,
  },
];

export const MUTANTS: readonly Mutant[] = [...CORE, ...BEYOND];

/** The text of the file with the bug. `$&` in an edit stands for what it replaces. Throws when the place has changed. */
export function planted(mutant: Mutant, text: string): string {
  let result = text;
  for (const [from, to] of mutant.edits) {
    if (result.split(from).length !== 2)
      throw new Error(`mutant ${mutant.name} is stale: ${JSON.stringify(from)} is not in ${mutant.file} exactly once`);
    result = result.replace(from, () => to.replace("$&", () => from));
  }
  return result;
}
