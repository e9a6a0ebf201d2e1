/** Bookings with compensations, waiting for an answer that may come too late, and for a cancellation that may come at any time. */
import { channel, sleep } from "flowc";
import { act, Lane } from "./outside.ts";

export interface Trip {
  readonly legs: number;
  readonly pauseMs: number;
  readonly patienceMs: number;
}

export interface TripResult {
  readonly status: "booked" | "declined" | "given up";
  readonly bookings: readonly string[];
}

const Answer = channel<number>("answer");

export function saga(run: string, trip: Trip): TripResult {
  const lane = new Lane(run, "main");
  const undo: { readonly leg: number; readonly booking: string }[] = [];
  let isKept = false;
  try {
    for (let leg = 0; leg < trip.legs; leg++) {
      lane.mark("book");
      const booking = act(lane.label(), `book ${leg}`);
      undo.push({ leg, booking });
      sleep(trip.pauseMs);
    }
    lane.mark("ask");
    const answer = Answer.receive({ timeout: trip.patienceMs });
    if (answer !== undefined) lane.mark(`got answer ${answer}`);
    isKept = answer !== undefined && answer % 2 === 0;
    const status = answer === undefined ? "given up" : isKept ? "booked" : "declined";
    return { status, bookings: undo.map(({ booking }) => booking) };
  } finally {
    lane.mark("settle");
    if (!isKept) {
      for (const { leg } of undo.toReversed()) {
        lane.mark("undo");
        act(lane.label(), `undo ${leg}`);
      }
    }
    lane.mark("end");
  }
}
