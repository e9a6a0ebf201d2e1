/** Asks, lets V8 drop what it has compiled, and saves a graph twice; prints what became of the questions. */
import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext, Script } from "node:vm";
import { canAskForClasses, haveSameClass } from "../../dist/runtime/codec/hidden-classes.js";
import { encode } from "../../dist/runtime/codec/index.js";

const graph = Array.from({ length: 200 }, (_, id) => ({ id, tags: [id] }));
const asked = canAskForClasses() && haveSameClass({}, {});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
for (let i = 0; i < 20; i++) collect();
await new Promise((resolve) => setTimeout(resolve, 50));
for (let i = 0; i < 20; i++) collect();

const dropped = asked && !haveSameClass({}, {});
const first = encode(graph);
const again = haveSameClass({}, {});
const second = encode(graph);
console.log(
  JSON.stringify({
    asked,
    flag: isFlagSet(),
    dropped,
    again,
    same: Buffer.compare(first, second) === 0,
    bytes: createHash("sha256").update(first).digest("hex"),
  }),
);

function isFlagSet() {
  try {
    new Script("%HaveSameMap({}, {})");
    return true;
  } catch {
    return false;
  }
}
