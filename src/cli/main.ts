/** The command line. The table below is its table of contents; each command is one file in commands/. */
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { answerCommand } from "./commands/answer.js";
import { cancelCommand } from "./commands/cancel.js";
import { compileCommand } from "./commands/compile.js";
import { inspectCommand } from "./commands/inspect.js";
import { pauseCommand, resumeCommand } from "./commands/pause.js";
import { retryCommand } from "./commands/retry.js";
import { runCommand } from "./commands/run.js";
import { runsCommand } from "./commands/runs.js";
import { scheduleCommand } from "./commands/schedule.js";
import { sendCommand } from "./commands/send.js";
import { workerCommand } from "./commands/worker.js";
import { CompileError } from "../plugin/compile-error.js";
import { codeOf, EXIT, EXIT_HELP, exitCodeOf } from "./exit.js";
import { KEYS_HELP } from "./keys.js";
import { Output } from "./output.js";
import { printRefusal } from "./problems.js";

const commands = [
  compileCommand,
  runCommand,
  workerCommand,
  runsCommand,
  inspectCommand,
  sendCommand,
  cancelCommand,
  retryCommand,
  pauseCommand,
  resumeCommand,
  answerCommand,
  scheduleCommand,
];

/** What the program does when everything is over may take so long. */
const LINGER_MS = 1_000;

handleStrayErrors();
process.exitCode = await main(process.argv.slice(2));
// Bodies of steps that were given up, and whatever else the program has left open, would keep the process from ending.
setTimeout(() => process.exit(), LINGER_MS).unref();

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command("flowc")
    .description("Compiles synchronous-looking TypeScript into workflows that survive crashes, and runs them.")
    .version(version())
    .addHelpText("after", `\n${EXIT_HELP}\n\n${KEYS_HELP}\nSet FLOWC_DEBUG=1 to see stack traces.`);
  for (const command of commands) {
    program.addCommand(
      command((exitCode) => {
        code = exitCode;
      }),
    );
  }
  quietExit(program);
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed its own one line already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    await report(new Output(argv.includes("--json")), error);
    return exitCodeOf(error);
  }
}

async function report(out: Output, error: unknown): Promise<void> {
  if (error instanceof CompileError) await printRefusal(out, error);
  else out.error({ code: codeOf(error) ?? "FLOW_INTERNAL", message: error instanceof Error ? error.message : String(error) });
  if (process.env.FLOWC_DEBUG && error instanceof Error) process.stderr.write(`${inspect(error)}\n`);
}

/** What is thrown outside of everything that is awaited: by the program's own timers and event handlers, or by a bug here. */
function handleStrayErrors(): void {
  const out = new Output(process.argv.includes("--json"));
  process.once("uncaughtException", (error) => {
    void report(out, error).finally(() => process.exit(EXIT.internal));
  });
  // `flowc runs | head`: whoever reads has had enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(EXIT.ok);
  });
}

/** Commander throws instead of exiting, for all levels, so that every way out passes through `main`. */
function quietExit(command: Command): void {
  command.exitOverride().showSuggestionAfterError(true);
  for (const child of command.commands) quietExit(child);
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
