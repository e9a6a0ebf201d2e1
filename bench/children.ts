/** Many child runs of one run: how long until the last has ended and its result has come back. */
import path from "node:path";
import { open, sqlite, type Store } from "../dist/index.js";
import { heading, load, median, report, scratch } from "./lib.ts";

type Family = (size: number) => number;
const CHILDREN = 10_000;
let files = 0;

export function benchChildren(): Promise<void> {
  return childrenOn("SQLite, WAL, synchronous=FULL", () => sqlite(path.join(scratch, `children${files++}.db`)));
}

/** @param make answers a store with nothing in it */
export async function childrenOn(where: string, make: () => Store): Promise<void> {
  const { compiled } = (await load("children")) as unknown as { compiled: { family: Family } };
  heading(`${CHILDREN.toLocaleString("en")} child runs of one null step each, ${where}`);
  await once(compiled.family, make());
  const rounds: number[] = [];
  for (let i = 0; i < 3; i++) rounds.push(await once(compiled.family, make()));
  report("from the start of the parent to its end", median(rounds), "ms", { bound: 3_000 });
}

async function once(family: Family, store: Store): Promise<number> {
  const flow = open({ store });
  const run = await flow.start(family, [CHILDREN]);
  const started = performance.now();
  const worker = await flow.worker();
  const sum = await run.result();
  const ms = performance.now() - started;
  if (sum !== (CHILDREN * (CHILDREN + 1)) / 2) throw new Error(`the children answered ${sum} in all`);
  await worker.stop();
  await flow.close();
  return ms;
}
