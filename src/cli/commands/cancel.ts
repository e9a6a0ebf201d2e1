import { Command } from "commander";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";

const EXAMPLES = `
The run gets a CancelledError where it waits, so its catch and finally blocks run; a worker has to be there for that.

Examples:
  flowc cancel order-17
  flowc cancel order-17 "the customer called"`;

export function cancelCommand(exit: SetExit): Command {
  return new Command("cancel")
    .description("ask a run to end")
    .argument("<run>", "id of the run")
    .argument("[reason]", "why; it becomes the message of the CancelledError")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, reason: string | undefined, options: CommonOptions) => {
      const out = new Output(options.json === true);
      await withFlow(options.store, (flow) => flow.run(run).cancel(reason));
      out.line(`asked ${run} to end`);
      out.data({ run, cancelling: true });
      exit(EXIT.ok);
    });
}
