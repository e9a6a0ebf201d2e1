/**
 * A call of an `overlap` block that has begun and whose result is not there yet. Compiled code holds it where the result will be; the program never sees it.
 */
import { registerHandler } from "./codec/handlers.js";
import { TaskState } from "./strand.js";

export class Pending extends TaskState {
  constructor(
    id: number,
    /** What was called, for people: `loadOrders`. */
    readonly name: string,
    /** Its place among the calls of its block, in the order of the program. */
    readonly place: number,
  ) {
    super(id);
  }
}

registerHandler<Pending>({
  name: "Pending",
  prototype: Pending.prototype,
  fields: ["id", "state", "value", "joined", "name", "place"],
  save: ({ id, state, value, joined, name, place }) => [id, state, value, joined, name, place],
  parts: () => [],
  create: () => new Pending(0, "", 0),
  restore: (pending, [id, state, value, joined, name, place]) =>
    void Object.assign(pending, { id, state, value, joined, name, place }),
});
