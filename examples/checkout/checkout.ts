import { sleep } from "flowc";
import { Approval, charge, recall, refund, release, reserve, ship, type Card, type Item, type Parcel } from "./services.js";

export interface Order {
  readonly id: string;
  readonly card: Card;
  readonly items: readonly Item[];
  /** Time to pack one item. */
  readonly packing?: string;
  /** How long a person has to approve a large order. */
  readonly patience?: string;
}

export type Receipt =
  { readonly status: "declined" } | { readonly status: "shipped"; readonly paid: number; readonly parcels: readonly string[] };

/** Reserve, perhaps ask, charge, pack and ship item by item; when shipping fails, take everything back. */
export function checkout(order: Order): Receipt {
  const { id, card, items, packing = "1 day", patience = "2 days" } = order;
  const total = items.reduce((sum, item) => sum + item.cents, 0);

  const reservation = reserve(id, items);
  if (total > 100_000) {
    const approved = Approval.receive({ timeout: patience }); // a person answers, days later
    if (!approved) {
      release(reservation.id);
      return { status: "declined" };
    }
  }

  const payment = charge(id, card, total);
  const parcels: Parcel[] = [];
  try {
    for (const item of items) {
      sleep(packing);
      parcels.push(ship(id, item));
    }
    return { status: "shipped", paid: total, parcels: parcels.map((parcel) => parcel.id) };
  } catch (error) {
    for (const parcel of parcels.reverse()) recall(parcel.id); // compensation is a catch block
    refund(payment.id, total);
    throw error;
  }
}
