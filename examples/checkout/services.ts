/** The boundary with the real world: the only place with promises. Each call carries an idempotency key that survives crashes and retries. */
import { channel, step, stepContext, type StepOptions } from "flowc";

export interface Card {
  readonly number: string;
}
export interface Item {
  readonly sku: string;
  readonly cents: number;
}
export interface Reservation {
  readonly id: string;
}
export interface Payment {
  readonly id: string;
}
export interface Parcel {
  readonly id: string;
}

/** The service said no; asking again would not help. */
export class Refused extends Error {
  override name = "Refused";
}

/** `SHOP_PATIENCE` in milliseconds: an attempt that has no answer by then counts as failed. */
const policy: StepOptions = {
  timeout: Number(process.env.SHOP_PATIENCE ?? 5000),
  retry: { attempts: 20, backoff: "50 ms", maxDelay: "1 second", nonRetryable: [Refused] },
};

export const reserve = step((order: string, items: readonly Item[]) => post<Reservation>("reserve", { order, items }), policy);
export const release = step((reservation: string) => post<unknown>("release", { reservation }), policy);
export const charge = step(
  (order: string, card: Card, cents: number) => post<Payment>("charge", { order, card: card.number, cents }),
  policy,
);
export const refund = step((payment: string, cents: number) => post<unknown>("refund", { payment, cents }), policy);
export const ship = step((order: string, item: Item) => post<Parcel>("ship", { order, sku: item.sku }), policy);
export const recall = step((parcel: string) => post<unknown>("recall", { parcel }), policy);

export const Approval = channel<boolean>("approval");

async function post<T>(action: string, body: object): Promise<T> {
  const { idempotencyKey, signal } = stepContext();
  const response = await fetch(`${process.env.SHOP_URL ?? "http://127.0.0.1:4100"}/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(body),
    signal,
  });
  const answer = (await response.json()) as T & { readonly error?: string };
  if (response.ok) return answer;
  const problem = `${action}: ${response.status} ${answer.error ?? ""}`.trim();
  throw response.status < 500 ? new Refused(problem) : new Error(problem);
}
