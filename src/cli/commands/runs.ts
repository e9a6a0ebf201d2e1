import { Command, InvalidArgumentError, Option } from "commander";
import type { RunStatus, RunSummary } from "../../runtime/store/store.js";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";
import { clock, table } from "../text.js";

const EXAMPLES = `
Examples:
  flowc runs
  flowc runs --status failed --json
  flowc runs --workflow src/checkout.ts#checkout --limit 10`;

const STATUSES: readonly RunStatus[] = ["ready", "running", "waiting", "completed", "failed", "cancelled"];

interface Options extends CommonOptions {
  readonly status?: RunStatus[];
  readonly workflow?: string;
  readonly limit: number;
}

export function runsCommand(exit: SetExit): Command {
  return new Command("runs")
    .description("list runs, newest first")
    .addOption(new Option("--status <status...>", "only runs in these states").choices(STATUSES))
    .option("--workflow <id>", "only runs of this workflow")
    .option("--limit <n>", "at most this many", positive, 20)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async ({ store, json, ...query }: Options) => {
      const out = new Output(json === true);
      const runs = await withFlow(store, (flow) => flow.runs(query));
      if (runs.length === 0) out.line("no runs");
      else out.lines(table([["RUN", "STATUS", "WORKFLOW", "CREATED", "WAITS FOR"].map(out.color.dim), ...runs.map(row)]));
      for (const run of runs) out.data(run);
      exit(EXIT.ok);
    });
}

function row({ id, status, workflow, createdAt, waitingFor }: RunSummary): string[] {
  return [id, status, workflow, clock(createdAt), waitingFor];
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It has to be a whole number from 1.");
  return value;
}
