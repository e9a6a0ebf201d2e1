import { Command } from "commander";
import { EXIT } from "../exit.js";
import { withFlow } from "../flow.js";
import { parseJson } from "../json.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";

const EXAMPLES = `
The token is what callback() gave to the workflow. The first answer counts.

Examples:
  flowc answer b3JkZXItMTc.6f1c2f04-5b1e-4c55-9a8e-3f6a1d1c8d70 true
  flowc answer "$TOKEN" '{"approved":true,"by":"Ada"}'`;

export function answerCommand(exit: SetExit): Command {
  return new Command("answer")
    .description("answer the token of a callback")
    .argument("<token>", "the token")
    .argument("<json>", "the answer, as JSON")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (token: string, json: string, options: CommonOptions) => {
      const out = new Output(options.json === true);
      const answer = parseJson(json, "The answer");
      const isFirst = await withFlow(options.store, (flow) => flow.answer(token, answer));
      out.line(isFirst ? "answered" : "answered before; that answer counts");
      out.data({ answered: isFirst });
      exit(EXIT.ok);
    });
}
