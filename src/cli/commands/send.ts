import { Command } from "commander";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { parseJson } from "../json.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";

const EXAMPLES = `
Examples:
  flowc send order-17 approval true
  flowc send order-17 comment '"please hurry"'
  flowc send order-17 address '{"city":"Ulm"}' --id change-1    sent twice, received once`;

export function sendCommand(exit: SetExit): Command {
  return new Command("send")
    .description("send a message to a channel of a run")
    .argument("<run>", "id of the run")
    .argument("<channel>", "name of the channel")
    .argument("<json>", "the message, as JSON")
    .option("--id <id>", "name of this message: sent twice under one name it is received once")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, channel: string, json: string, options: CommonOptions & { readonly id?: string }) => {
      const out = new Output(options.json === true);
      const message = parseJson(json, "The message");
      await withFlow(options.store, (flow) =>
        flow.run(run).send(channel, message, options.id === undefined ? {} : { id: options.id }),
      );
      out.line(`sent to ${channel} of ${run}`);
      out.data({ run, channel, sent: true });
      exit(EXIT.ok);
    });
}
