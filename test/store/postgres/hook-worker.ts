/**
 * A worker with a hook, in a process of its own: `node … <server> <schema> <where>`. It says where it is, and stands still there: `ended` when the run r1 has ended and nobody has
 * been told, `telling` when the handler was called.
 */
import { open } from "../../../src/runtime/flow.js";
import { postgres } from "../../../src/runtime/store/postgres/index.js";
import "./programs.js";

const [, , server, schema, where] = process.argv;
const store = postgres(server!, { schema: schema! });

function standStill(): Promise<never> {
  process.stdout.write(`${where}\n`);
  return new Promise(() => undefined);
}

if (where === "ended") {
  // Nothing is ever claimed: the run could end between a look at it and a claim.
  store.claimDeliveries = async () => ((await store.getRun("r1"))!.status === "failed" ? standStill() : []);
}
const flow = open({ store });
await flow.on("failed", standStill, { name: "alert" });
await flow.worker({ pollIntervalMs: 50 });
