/** Workflows that are parked in every state the runtime knows. `program.compiled.mjs` is what the compiler made of them when the goldens were written. */
import {
  all,
  any,
  callback,
  channel,
  map,
  note,
  overlap,
  queue,
  race,
  settle,
  sleep,
  spawn,
  start,
  step,
  withTimeout,
  type Task,
} from "flowc";

const gpu = queue("gpu", { concurrency: 1 });
// The scenarios answer for the bodies.
const ask = step((question: string): string => question, {
  name: "ask",
  retry: { attempts: 3, backoff: "1 minute", jitter: 0 },
});
const lent = step((question: string): string => question, { name: "lent", queue: gpu, key: (question) => question, priority: 2 });
const Orders = channel<{ readonly sku: string; readonly tags: Set<string> }>("orders");

/** One call, whatever becomes of it. */
export function oneCall(question: string): string {
  const before = new Map([["asked", question]]);
  const answer = ask(question);
  return `${before.get("asked")}: ${answer}`;
}

/** A step that another worker performs. */
export function lentOut(question: string): string {
  return lent(question);
}

/** Strands that share a variable, one of which has ended, one that failed and one that waits. */
export function strands(): string {
  let count = 0;
  const counting = (name: string) => (): string => {
    count++;
    return `${name} ${ask(name)}`;
  };
  const tasks: Task<string>[] = [spawn(counting("a")), spawn(counting("b")), spawn(counting("c"))];
  const told = tasks.map((task) => {
    try {
      return task.join();
    } catch (error) {
      return (error as Error).message;
    }
  });
  return `${count}: ${told.join(", ")}`;
}

/** Constructs within one another, all under way. */
export function groups(): string {
  const log: string[] = [];
  const careful = (name: string): string => {
    try {
      return ask(name);
    } finally {
      log.push(`${name} left`);
    }
  };
  const [mapped, raced, first, settled] = all([
    () => map(["m1", "m2", "m3"], (name) => careful(name), { concurrency: 2 }),
    () => race([() => careful("r1"), () => careful("r2")]),
    () => any([() => careful("y1"), () => careful("y2")]),
    () => settle([() => careful("s1"), () => careful("s2")]),
  ]);
  return `${mapped.join("+")} ${raced} ${first} ${settled.map(({ status }) => status).join("+")} (${log.join(", ")})`;
}

/** Calls of which one waits for the result of another. */
export function overlapping(): string {
  return overlap(() => {
    const name = ask("name");
    const town = ask("town");
    const both = ask(name);
    return `${both} in ${town}`;
  });
}

/** Values on their way in, one of which nobody has received yet. */
export function mailbox(): string {
  const first = Orders.receive();
  sleep("1 day");
  const second = Orders.receive({ timeout: "1 hour" });
  return `${first.sku} ${[...first.tags].join()}, ${second?.sku ?? "nothing"}`;
}

/** A callback that is open, inside a limit of time. */
export function answered(): string {
  return withTimeout("2 days", () => callback<string>((token) => note("token", token)));
}

/** A run that this one has started. */
export function parent(): string {
  const child = start(oneCall, ["of the child"], { id: "golden-child" });
  ask("meanwhile");
  return `child: ${child.result()}`;
}

/** Undoes what it did when it is asked to end. */
export function undoing(): string {
  try {
    return ask("do");
  } finally {
    ask("undo");
  }
}

/** Never ends by itself. */
export function endless(): void {
  for (let day = 0; ; day++) sleep("1 day");
}
