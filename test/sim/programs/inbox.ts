/** A mailbox that several strands empty into one shared list, with timeouts between, and work that is slower than the mail. */
import { channel, sleep, spawn } from "flowc";
import { act, actNow, Lane } from "./outside.ts";

const Mail = channel<number>("mail");

export interface InboxPlan {
  /** Messages that are expected in all. */
  readonly messages: number;
  readonly readers: number;
  readonly patienceMs: number;
  readonly restMs: number;
}

export function inbox(
  run: string,
  plan: InboxPlan,
): { readonly messages: readonly number[]; readonly answers: readonly string[] } {
  const lane = new Lane(run, "main");
  const messages: number[] = [];
  const answers: string[] = [];
  lane.mark("begin");
  const readers = Array.from({ length: plan.readers }, (_, index) => {
    const own = new Lane(run, `reader ${index}`);
    return spawn(() => {
      while (messages.length < plan.messages) {
        own.mark("wait");
        const message = Mail.receive({ timeout: plan.patienceMs });
        if (message === undefined) continue;
        own.mark(`got mail ${message}`);
        messages.push(message);
        if (message % 3 === 0) answers.push(act(own.label(), `mail ${message}`));
        else if (message % 3 === 1) answers.push(actNow(own.label(), `mail ${message}`));
        else sleep(plan.restMs);
      }
      own.mark("end");
    });
  });
  for (const reader of readers) reader.join();
  lane.mark("end");
  return { messages, answers: answers.toSorted() };
}
