import { Command } from "commander";
import type { Run } from "../../plugin/host.js";
import { loadProgram, type LoadedProgram } from "../../plugin/load.js";
import type { HeapReport } from "../../runtime/codec/heap.js";
import { FINAL_STATUSES, type JournalEntry, type RunSummary, RETRYABLE_STATUSES } from "../../runtime/store/store.js";
import { EXIT } from "../exit.js";
import { heapLines } from "../heap.js";
import { withFlow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";
import { findProgram } from "../find-program.js";
import { journalLines } from "../journal.js";
import { onlyStrand, stackLines, strandData, type Stack } from "../stack.js";
import { toJson } from "../../runtime/to-json.js";
import { clock, oneLine, span, table } from "../text.js";

interface Options extends CommonOptions {
  readonly program?: string;
  readonly journal?: true;
  readonly heap?: true;
  readonly strand?: string;
}

const EXAMPLES = `
The stack is decoded with the program it belongs to: --program, or the run's own source file when it is found below this folder or above it.
Without it the status and the journal are still shown.

Examples:
  flowc inspect order-17
  flowc inspect order-17 --program dist/checkout.mjs --journal
  flowc inspect import-3 --strand 'map[17]'                one item of a map
  flowc inspect order-17 --heap                          what takes the most, and which variable holds it
  flowc inspect order-17 --json`;

export function inspectCommand(exit: SetExit): Command {
  return new Command("inspect")
    .description("show where a run stands: its stack with source lines and variables, and what it waits for")
    .argument("<run>", "id of the run")
    .option("--program <file>", "the program, as given to run or worker")
    .option("--journal", "also show what happened so far")
    .option("--strand <name>", "only this strand, and those it has started: main, task 3, map[17]")
    .option("--heap", "also show what the continuation consists of, by size")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, options: Options) => {
      exit(await inspect(run, options));
    });
}

async function inspect(id: string, options: Options): Promise<number> {
  const out = new Output(options.json === true);
  const { status, journal, result } = await withFlow(options.store, (flow) => readRun(flow.run(id)));
  const file = isOver(status) ? undefined : (options.program ?? findProgram(status.workflow));
  const problem: { error?: unknown } = {};
  const program = file === undefined ? undefined : await attempt(() => loadProgram(file), problem);
  const stack = program && (await attempt(() => readStack(id, options, program), problem));
  const heap = options.heap && program && (await attempt(() => readHeap(id, options.store, program), problem));
  out.lines(summaryLines(status, journal, result));
  if (stack !== undefined) out.lines(stackLines(stack, program?.manifest, out.color));
  else if (!isOver(status) && file === undefined) out.line("\nFor the stack, name the program: flowc inspect --program <file>");
  if (heap) out.lines(heapLines(heap));
  else if (options.heap && isOver(status)) out.line("\nThe run has ended: it holds nothing any more.");
  if (options.journal) out.lines(["", ...journalLines(journal)]);
  out.data({
    ...status,
    ...(status.status === "completed" && { result: toJson(result) }),
    ...(stack && { strands: stack.strands.map(strandData) }),
    ...(heap && { heap }),
    ...(options.journal && { journal }),
  });
  if ("error" in problem) throw problem.error;
  return EXIT.ok;
}

/** What needs the program comes last: status and journal are shown even when it does not compile, or is not the one the run was suspended in. */
async function attempt<T>(body: () => Promise<T>, problem: { error?: unknown }): Promise<T | undefined> {
  try {
    return await body();
  } catch (error) {
    problem.error = error;
    return undefined;
  }
}

async function readRun(run: Run): Promise<{ status: RunSummary; journal: JournalEntry[]; result: unknown }> {
  const status = await run.status();
  const result = status.status === "completed" ? await run.result().catch(unreadable) : undefined;
  return { status, journal: await run.journal(), result };
}

/** A result may hold instances of the program's classes, which nobody has loaded here. */
function unreadable(error: unknown): string {
  return `cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
}

async function readStack(id: string, { store, strand }: Options, { host }: LoadedProgram): Promise<Stack> {
  const stack = await withFlow(store, (flow) => flow.run(id).inspect(), { host });
  return strand === undefined ? stack : onlyStrand(stack, strand);
}

function readHeap(id: string, store: string, { host }: LoadedProgram): Promise<HeapReport> {
  return withFlow(store, (flow) => flow.run(id).heap(), { host });
}

/** A run that failed still has the stack it failed with. */
function isOver({ status }: RunSummary): boolean {
  return FINAL_STATUSES.has(status);
}

function summaryLines(run: RunSummary, journal: readonly JournalEntry[], result: unknown): string[] {
  const rows = [
    ["run", run.id],
    ["workflow", run.workflow],
    ["status", `${run.status} after ${run.version} commits`],
    ["created", clock(run.createdAt)],
  ];
  if (run.waitingFor !== "") {
    rows.push(
      ["waits for", run.waitingFor],
      ["since", `${clock(run.waitingSince)} (${span(Math.max(0, Date.now() - run.waitingSince))})`],
    );
  }
  if (run.parent !== undefined) rows.push(["started by", run.parent]);
  for (const [key, value] of Object.entries(run.notes)) rows.push([`note ${key}`, String(value)]);
  const problem = journal.findLast(({ kind }) => kind === `run.${run.status}`)?.data.error;
  if (RETRYABLE_STATUSES.has(run.status) && typeof problem === "string") rows.push(["error", problem]);
  if (run.status === "completed") rows.push(["result", oneLine(result, 500)]);
  return table(rows);
}
