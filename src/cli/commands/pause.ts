import { Command } from "commander";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";

const PAUSE = `
Steps that are under way end and their results are kept; nothing else goes on: timers do not fire, messages wait.

Examples:
  flowc pause order-17
  flowc pause order-17 "a look at the address"`;

const RESUME = `
What came in the meantime is delivered then. A step that had used up its attempts (pauseOnFailure) is tried again.

Examples:
  flowc resume order-17`;

export function pauseCommand(exit: SetExit): Command {
  return new Command("pause")
    .description("let a run stand still until it is resumed")
    .argument("<run>", "id of the run")
    .argument("[reason]", "why; shown as what the run waits for")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", PAUSE)
    .action(async (run: string, reason: string | undefined, options: CommonOptions) => {
      const out = new Output(options.json === true);
      await withFlow(options.store, (flow) => flow.run(run).pause(reason));
      out.line(`asked ${run} to pause`);
      out.data({ run, pausing: true });
      exit(EXIT.ok);
    });
}

export function resumeCommand(exit: SetExit): Command {
  return new Command("resume")
    .description("let a paused run go on")
    .argument("<run>", "id of the run")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", RESUME)
    .action(async (run: string, options: CommonOptions) => {
      const out = new Output(options.json === true);
      await withFlow(options.store, (flow) => flow.run(run).resume());
      out.line(`asked ${run} to go on`);
      out.data({ run, resuming: true });
      exit(EXIT.ok);
    });
}
