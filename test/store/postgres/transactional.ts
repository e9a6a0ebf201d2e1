/** Workflows whose steps write to the database that their runs are stored in. */
import type { ClientBase } from "pg";
import { all } from "../../../src/runtime/effects/concurrent.js";
import { stepContext } from "../../../src/runtime/effects/context.js";
import { step } from "../../../src/runtime/effects/step.js";
import { closure, done, fn, goto } from "../../runtime/kit.js";

interface Booking {
  readonly client: ClientBase;
  readonly attempt: number;
}

type Hook = (booking: Booking) => unknown;

let hook: Hook | undefined;

/** What a body does between its row and its result; what it answers is the result, unless it is undefined. */
export function onBook(then: Hook | undefined): void {
  hook = then;
}

const book = step.tx(
  async (client: ClientBase, schema: string, answer: number): Promise<unknown> => {
    const { idempotencyKey, attempt } = stepContext();
    await client.query(`INSERT INTO "${schema}".seats (key, attempt) VALUES ($1, $2)`, [idempotencyKey, attempt]);
    return (await hook?.({ client, attempt })) ?? answer;
  },
  { name: "book", retry: { attempts: 3, backoff: 10 } },
);

const tick = step(() => new Promise<void>((resolve) => setTimeout(resolve, 3)), { name: "transactional tick" });

/** Books so many seats, one after the other, and answers what the bodies answered. */
export const bookings = fn(
  "bookings",
  [
    (v) => {
      v["answers"] = [];
    },
    (v) => book(v["schema"] as string, (v["answers"] as unknown[]).length + 1),
    (v, answer) => {
      const answers = v["answers"] as unknown[];
      answers.push(answer);
      return answers.length < (v["count"] as number) ? goto(1) : done(answers);
    },
  ],
  { params: ["schema", "count"] },
);

const booking = closure("booking", [(v) => book(v["schema"] as string, 1), (_, answer) => done(answer)], {
  captures: ["schema"],
});

const ticking = closure(
  "ticking",
  [
    (v) => {
      v["i"] = 0;
    },
    () => tick(),
    (v) => {
      v["i"] = (v["i"] as number) + 1;
      return (v["i"] as number) < (v["count"] as number) ? goto(1) : done(v["i"]);
    },
  ],
  { captures: ["count"] },
);

/** Books a seat while another strand takes so many steps. */
export const meanwhile = fn(
  "meanwhile",
  [(v) => all([ticking(v["count"]), booking(v["schema"])]), (_, answers) => done(answers)],
  { params: ["schema", "count"] },
);

/** Books two seats at once. */
export const twice = fn(
  "twiceAtOnce",
  [(v) => all([booking(v["schema"]), booking(v["schema"])]), (_, answers) => done(answers)],
  { params: ["schema"] },
);
