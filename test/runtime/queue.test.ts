import fc from "fast-check";
import { expect, test } from "vitest";
import { LazyQueue } from "../../src/runtime/queue.js";

interface Entry {
  readonly at: number;
  isLive: boolean;
}

test("answers the first of those that live, like a sorted list", () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant("push"), at: fc.nat(50) }),
    fc.record({ kind: fc.constant("pop"), at: fc.constant(0) }),
    fc.record({ kind: fc.constant("kill"), at: fc.nat(50) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 400 }), (acts) => {
      const queue = new LazyQueue<Entry>((a, b) => a.at < b.at, ({ isLive }) => isLive); // prettier-ignore
      const model: Entry[] = [];
      for (const { kind, at } of acts) {
        if (kind === "push") {
          const entry = { at, isLive: true };
          queue.push(entry);
          model.push(entry);
        } else if (kind === "kill") {
          for (const entry of model) if (entry.at === at) entry.isLive = false;
        } else {
          const live = model.filter(({ isLive }) => isLive).map((entry) => entry.at);
          const first = queue.pop();
          expect(first?.at).toBe(live.length === 0 ? undefined : Math.min(...live));
          if (first !== undefined) first.isLive = false;
        }
      }
    }),
  );
});

test("the dead do not pile up", () => {
  let asked = 0;
  const queue = new LazyQueue<number>(
    (a, b) => a < b,
    (entry) => {
      asked++;
      return entry === 0;
    },
  );
  queue.push(0);
  for (let at = 1; at <= 10_000; at++) queue.push(at);
  expect(asked).toBeLessThan(20_000);
  expect(queue.pop()).toBe(0);
  expect(queue.peek()).toBeUndefined();
});
