/** A worker in a process of its own: `node … <server> <schema>`. Says when a body has written its row, and takes its time then. */
import { open } from "../../../src/runtime/flow.js";
import { postgres } from "../../../src/runtime/store/postgres/index.js";
import { onBook } from "./transactional.js";

const [, , server, schema] = process.argv;
onBook(async () => {
  process.stdout.write("body\n");
  await new Promise((resolve) => setTimeout(resolve, 40));
});
const flow = open({ store: postgres(server!, { schema: schema! }) });
await flow.worker({ pollIntervalMs: 50 });
