/** Results of steps that are used again: found before the body runs, kept with the commit of the result. */
import type { StepAttempt } from "./attempt.js";
import type { Codec } from "./image.js";
import type { Ports } from "./ports.js";
import { restoreInput } from "./saved.js";
import type { CacheEntry, Store } from "./store/store.js";

interface World {
  readonly store: Store;
  readonly codec: Codec;
  readonly ports: Ports;
}

/** Ends the attempt with the result that is there already, or lets it `begin`. */
export async function runCached(attempt: StepAttempt, { store, codec, ports }: World, begin: () => void): Promise<void> {
  try {
    const found = await store.readCache(keyOf(attempt, codec)!, ports.clock.now());
    if (found !== undefined) return attempt.answer((codec.decode(found) as [unknown])[0], ports.timers);
  } catch (error) {
    return attempt.refuse(error, ports.timers);
  }
  begin();
}

/** What is to be kept of a result; `undefined` when the step has no cache, or this came out of it. */
export function cacheEntry(attempt: StepAttempt, value: unknown, codec: Codec, now: number): CacheEntry | undefined {
  const key = attempt.wasAnswered ? undefined : keyOf(attempt, codec);
  if (key === undefined) return undefined;
  return { key, value: codec.encode([value], "result"), until: now + attempt.definition.policy.cache!.ttlMs };
}

/** Steps do not share keys. */
function keyOf({ definition, start }: StepAttempt, codec: Codec): string | undefined {
  const { policy, id } = definition;
  if (policy.cache === undefined) return undefined;
  const key: unknown = policy.cache.key(...restoreInput(start.wait.input, codec));
  if (typeof key !== "string") throw new TypeError(`step ${definition.name}: its cache key function answered no text`);
  return `${id}:${key}`;
}
