/** A process of its own: runs a worker until the last step of the run begins, says so, and never ends it. */
import { open, sqlite } from "../../dist/index.js";

const [program = "", file = ""] = process.argv.slice(2);
await import(program);
Object.assign(globalThis, {
  onLast: () => {
    process.send?.("there");
    return new Promise(() => undefined);
  },
});
await open({ store: sqlite(file, { synchronous: "OFF" }) }).worker();
