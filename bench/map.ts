/** `map` over many steps in one run: how long it takes, and how many bytes it writes. */
import path from "node:path";
import { open, sqlite, type Store } from "../dist/index.js";
import { heading, load, median, report, scratch } from "./lib.ts";

type Workflow = (...args: never[]) => number;
let files = 0;

const ITEMS = 10_000;

export async function benchMap(): Promise<void> {
  const { compiled } = (await load("map")) as unknown as {
    compiled: Record<"nulls" | "oneByOne" | "objects" | "tasks", Workflow>;
  };
  heading(`map over ${ITEMS.toLocaleString("en")} items, one run, SQLite, WAL, synchronous=FULL`);
  await show("null steps, all at once", compiled.nulls, [ITEMS, ITEMS], 1_000);
  await show("null steps, 100 at a time", compiled.nulls, [ITEMS, 100], 1_000);
  await show("two steps an item that answer objects, all at once", compiled.objects, [ITEMS, ITEMS]);
  await show("two steps an item that answer objects, 100 at a time", compiled.objects, [ITEMS, 100]);
  await show("steps that end one by one within 1,000 ms", compiled.oneByOne, [ITEMS]);
  await show("tasks of a null step, joined one after the other", compiled.tasks, [ITEMS]);
  heading("the same with a tenth of the items");
  await show("null steps, 1 at a time", compiled.nulls, [ITEMS / 10, 1]);
  await show("null steps, 100 at a time", compiled.nulls, [ITEMS / 10, 100]);
  await show("steps that end one by one within 1,000 ms", compiled.oneByOne, [ITEMS / 10]);
}

/** The first of them on another store. @param make answers a store with nothing in it */
export async function mapOn(where: string, make: () => Store): Promise<void> {
  const { compiled } = (await load("map")) as unknown as { compiled: Record<"nulls", Workflow> };
  heading(`map over ${ITEMS.toLocaleString("en")} items, one run, ${where}`);
  await show("null steps, all at once", compiled.nulls, [ITEMS, ITEMS], 2_000, make);
  await show("null steps, 100 at a time", compiled.nulls, [ITEMS, 100], 2_000, make);
}

const onSqlite = (): Store => sqlite(path.join(scratch, `map${files++}.db`));

async function show(
  name: string,
  workflow: Workflow,
  args: readonly number[],
  bound?: number,
  make: () => Store = onSqlite,
): Promise<void> {
  const rounds: Round[] = [];
  await once(workflow, args, make());
  for (let i = 0; i < 3; i++) rounds.push(await once(workflow, args, make()));
  const middle = (of: (round: Round) => number): number => median(rounds.map(of));
  report(
    name,
    middle((round) => round.ms),
    "ms",
    bound === undefined ? undefined : { bound },
  );
  report(
    "  commits",
    middle((round) => round.commits),
    "",
  );
  report("  continuations written", middle((round) => round.bytes) / 1024, "KiB");
  report("  journal written", middle((round) => round.journal) / 1024, "KiB");
}

interface Round {
  readonly ms: number;
  readonly commits: number;
  readonly bytes: number;
  readonly journal: number;
}

async function once(workflow: Workflow, args: readonly number[], store: Store): Promise<Round> {
  const sum = counting(store);
  const flow = open({ store });
  const run = await flow.start(workflow, args as never);
  const started = performance.now();
  const worker = await flow.worker();
  await run.result();
  const ms = performance.now() - started;
  await worker.stop();
  await flow.close();
  return { ms, ...sum };
}

/** Counts what is committed. */
function counting(store: Store): { commits: number; bytes: number; journal: number } {
  const sum = { commits: 0, bytes: 0, journal: 0 };
  const commit = store.commit.bind(store);
  store.commit = (commits) => {
    for (const each of commits) {
      sum.commits++;
      sum.bytes += (each.image?.length ?? 0) + (each.part?.length ?? 0) + (each.outcome?.length ?? 0);
      sum.journal += each.journal.reduce((bytes, entry) => bytes + JSON.stringify(entry.data).length, 0);
    }
    return commit(commits);
  };
  return sum;
}
