/** `import "flowc/cron"`: puts the library that reads cron expressions into a bundle. Elsewhere it is found without that. */
import { Cron } from "croner";
import { provideCron } from "./runtime/schedules/cron.js";

provideCron(Cron);
