import type { ConsoleLine } from "../../runtime/console.js";
import type { Logger } from "../../runtime/ports.js";
import type { ClaimedRun, Commit } from "../../runtime/store/store.js";

/** Hears what happens while a command is under way. */
export interface Observer {
  /** A run has advanced, and it is durable. */
  committed?(commit: Commit): void;
  /** The worker of this process holds the run from now on. */
  claimed?(run: ClaimedRun): void;
  /** A run has written to the console; workflow code is heard through its commits as well. */
  said?(line: ConsoleLine): void;
  /** The worker has something to tell its operator. */
  readonly logger?: Pick<Logger, "info" | "warn">;
}

/** All of them, one after the other. */
export function each(observers: readonly Observer[]): Observer {
  return {
    committed: (commit) => observers.forEach((observer) => observer.committed?.(commit)),
    claimed: (run) => observers.forEach((observer) => observer.claimed?.(run)),
    said: (line) => observers.forEach((observer) => observer.said?.(line)),
    logger: {
      info: (message, facts) => observers.forEach(({ logger }) => logger?.info(message, facts)),
      warn: (message, facts) => observers.forEach(({ logger }) => logger?.warn(message, facts)),
    },
  };
}
