/** A worker in a process of its own: `node … <store>`. */
import { open } from "../../src/runtime/flow.js";
import { openStore } from "../../src/runtime/store/open.js";
import "./poison-programs.js";

const flow = open({ store: openStore(process.argv[2]!) });
const worker = await flow.worker({ pollIntervalMs: 50, maxLosses: 6 });
await worker.done;
