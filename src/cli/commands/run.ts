import { Command } from "commander";
import { UnknownRunError, UsageError } from "../../shared/errors.js";
import { loadProgram } from "../../plugin/load.js";
import { isProgramSource } from "../../plugin/source-file.js";
import { EXIT } from "../exit.js";
import { type Flow, withFlow } from "../flow.js";
import { untilInterrupted } from "../interrupt.js";
import { parseJson } from "../json.js";
import { addLogOptions, openLog, type LogOptions } from "../log/options.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { outcomeOf, printOutcome } from "../outcome.js";
import { Output } from "../output.js";
import { printDiagnostics } from "../problems.js";
import { chooseWorkflow } from "../workflow.js";

interface Options extends CommonOptions, LogOptions {
  readonly input?: string;
  readonly args?: string;
  readonly id?: string;
  readonly detach?: true;
}

const EXAMPLES = `
The program is compiled in memory, its arguments are checked against the workflow's parameters, and the run goes on until it ends. Stop it or
kill it at any time: the same command with the same --id, or any worker, goes on from where it was.

Examples:
  flowc run script.ts
  flowc run checkout.ts checkout --input '{"id":"17","items":[]}' --id order-17
  flowc run add.ts --args '[1, 2]' --store memory:
  flowc run checkout.ts --input @order.json --detach      start it and leave it to a worker`;

export function runCommand(exit: SetExit): Command {
  const command = new Command("run")
    .description("run a workflow to its end")
    .argument("<file>", "TypeScript source, or JavaScript made by flowc compile")
    .argument("[function]", "the exported workflow; default: the only one, or main")
    .option("-i, --input <json>", "the workflow's one argument, as JSON; @file reads it from a file")
    .option("--args <json>", "all its arguments, as a JSON array")
    .option("--id <id>", "id of the run; a run that exists already is continued")
    .option("--detach", "create the run and leave it to a worker");
  return addLogOptions(command)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, name: string | undefined, options: Options) => {
      exit(await run(file, name, options));
    });
}

async function run(file: string, name: string | undefined, options: Options): Promise<number> {
  const out = new Output(options.json === true);
  const args = await argumentsOf(options);
  const program = await loadProgram(file, { keepTypes: true });
  await printDiagnostics(out, program.diagnostics);
  const workflow = chooseWorkflow(program, name, file);
  const checkArguments = (): void => {
    const types = program.takeTypes();
    // Nothing given and nothing asked for.
    if (args.length + workflow.fn.length === 0) return;
    const error = types?.callError(program.file, workflow.name, args);
    if (error !== undefined) throw new UsageError(`The arguments do not fit ${workflow.name}: ${error}`);
  };
  // With an id, it may be that of a run that exists: that one has its arguments.
  if (options.id === undefined) checkArguments();
  // The worker advances other runs of this program as well; they are not what this command is about.
  let shown: string | undefined;
  const log = await openLog(options, out, { endings: false, labelOf: (id) => (id === shown ? "" : undefined) });
  const { progress } = log;
  return withFlow(
    options.store,
    async (flow) => {
      const { id } = options;
      if (id !== undefined && isProgramSource(program.file) && !(await exists(flow, id))) checkArguments();
      program.takeTypes();
      const handle = await flow.start(workflow.fn, args as never[], id === undefined ? {} : { id });
      shown = handle.id;
      out.line(`run        ${handle.id}`);
      out.data({ run: handle.id, kind: "run" });
      if (options.detach) return EXIT.ok;
      const { version, waitingFor } = await handle.status();
      // A run that is continued may wait for a long time yet, and says nothing while it does.
      if (version > 0) progress.wait({ run: handle.id, waitingFor });
      const worker = await flow.worker();
      log.started(worker.id);
      const outcome = await untilInterrupted(Promise.race([outcomeOf(handle), worker.done]));
      progress.stop();
      await worker.stop();
      if (outcome !== undefined) return printOutcome(out, handle.id, outcome);
      out.aside(
        `interrupted; the run is saved and goes on with: ${repeated(options.id === undefined ? ["--id", handle.id] : [])}`,
      );
      return EXIT.interrupted;
    },
    { host: program.host, observer: log.observer, telemetry: options.telemetry === true },
  );
}

async function exists(flow: Flow, id: string): Promise<boolean> {
  try {
    await flow.run(id).status();
    return true;
  } catch (error) {
    if (error instanceof UnknownRunError) return false;
    throw error;
  }
}

/** This very command, with options added, as a person can paste it into a shell. */
function repeated(more: readonly string[]): string {
  const words = ["flowc", ...process.argv.slice(2), ...more];
  return words.map((word) => (/^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

async function argumentsOf({ input, args }: Options): Promise<readonly unknown[]> {
  if (input !== undefined && args !== undefined) throw new UsageError("Give --input or --args, not both.");
  if (input !== undefined) return [parseJson(await textOf(input), "--input")];
  if (args === undefined) return [];
  const parsed = parseJson(await textOf(args), "--args");
  if (!Array.isArray(parsed))
    throw new UsageError("--args takes a JSON array, one element an argument. For a single argument there is --input.");
  return parsed;
}

async function textOf(option: string): Promise<string> {
  if (!option.startsWith("@")) return option;
  const { readFile } = await import("node:fs/promises");
  return readFile(option.slice(1), "utf8");
}
