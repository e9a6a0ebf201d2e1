import { Command } from "commander";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";

const EXAMPLES = `
A failed run keeps its continuation at the place where it failed; the next worker goes on from there.

Examples:
  flowc retry order-17
  flowc retry order-17 && flowc worker checkout.ts`;

export function retryCommand(exit: SetExit): Command {
  return new Command("retry")
    .description("let a failed run go on from where it failed")
    .argument("<run>", "id of the run")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, options: CommonOptions) => {
      const out = new Output(options.json === true);
      await withFlow(options.store, (flow) => flow.run(run).retry());
      out.line(`${run} is ready to go on`);
      out.data({ run, status: "ready" });
      exit(EXIT.ok);
    });
}
