import { Command, InvalidArgumentError, Option } from "commander";
import { type NoteValue, type RunStatus, type RunSummary, STATUSES } from "../../runtime/store/store.js";
import { readNote } from "../../runtime/note-text.js";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";
import { clock, table } from "../text.js";

const EXAMPLES = `
Examples:
  flowc runs
  flowc runs --status failed --json
  flowc runs --workflow src/checkout.ts#checkout --limit 10
  flowc runs --note customer=c-7 --note 'amount=12.5' --since 2026-01-31
  flowc runs --parent order-17
  flowc runs --after order-17                       the next page`;

interface Options extends CommonOptions {
  readonly status?: RunStatus[];
  readonly workflow?: string;
  readonly note?: Readonly<Record<string, NoteValue>>;
  readonly since?: number;
  readonly parent?: string;
  readonly after?: string;
  readonly limit: number;
}

export function runsCommand(exit: SetExit): Command {
  return new Command("runs")
    .description("list runs, newest first")
    .addOption(new Option("--status <status...>", "only runs in these states").choices(STATUSES))
    .option("--workflow <id>", "only runs of this workflow")
    .option("--note <key=value>", "only runs with this note; several have to be there all", notes)
    .option("--since <date>", "only runs created at or after this time", time)
    .option("--parent <run>", "only runs that this run started")
    .option("--after <run>", "only runs older than this one: the last of the page before")
    .option("--limit <n>", "at most this many", positive, 20)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async ({ store, json, ...query }: Options) => {
      const out = new Output(json === true);
      const runs = await withFlow(store, (flow) => flow.runs(query));
      if (runs.length === 0) out.line("no runs");
      else out.lines(tableOf(runs, out));
      for (const run of runs) out.data(run);
      exit(EXIT.ok);
    });
}

/** With a column for notes when there are any. */
function tableOf(runs: readonly RunSummary[], out: Output): string[] {
  const columns = runs.some(({ notes: facts }) => Object.keys(facts).length > 0) ? [...COLUMNS, "NOTES"] : COLUMNS;
  return table([columns.map(out.color.dim), ...runs.map((run) => row(run).slice(0, columns.length))]);
}

const COLUMNS = ["RUN", "STATUS", "WORKFLOW", "CREATED", "WAITS FOR"];

function row({ id, status, workflow, createdAt, waitingFor, notes: facts }: RunSummary): string[] {
  const noted = Object.entries(facts).map(([key, value]) => `${key}=${String(value)}`);
  return [id, status, workflow, clock(createdAt), waitingFor, noted.join(" ")];
}

function notes(text: string, before: Readonly<Record<string, NoteValue>> = {}): Readonly<Record<string, NoteValue>> {
  const note = readNote(text);
  if (note === undefined) throw new InvalidArgumentError("It has the form key=value.");
  return { ...before, ...note };
}

function time(text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError("It has to be a date such as 2026-01-31 or 2026-01-31T12:00:00Z.");
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It has to be a whole number from 1.");
  return value;
}
