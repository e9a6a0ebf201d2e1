import { UsageError } from "../../shared/errors.js";

/** A point in time: a Date, milliseconds since the epoch, or a `Temporal.Instant` or `Temporal.ZonedDateTime`. */
export type Instant = Date | number | TemporalInstant;

/** What is read of a `Temporal.Instant` or `Temporal.ZonedDateTime`, Node's or that of a polyfill. */
export interface TemporalInstant {
  readonly [Symbol.toStringTag]: "Temporal.Instant" | "Temporal.ZonedDateTime";
  readonly epochMilliseconds: number;
  toString(): string;
}

/** `instant` in milliseconds since the epoch. Throws UsageError naming `what` when it is none. */
export function timeOf(instant: Instant, what: string): number {
  const time = millisecondsOf(instant);
  if (Number.isFinite(time)) return time;
  throw new UsageError(
    `${what}: ${String(instant)} is no point in time. Give a Date, milliseconds since the epoch, a Temporal.Instant or a Temporal.ZonedDateTime.`,
  );
}

/** Whether it is a point in time, and not a length of it. */
export function isInstant(value: unknown): value is Date | TemporalInstant {
  return value instanceof Date || isTemporal(value);
}

function millisecondsOf(instant: Instant): number {
  if (typeof instant === "number") return instant;
  if (instant instanceof Date) return instant.getTime();
  return isTemporal(instant) ? instant.epochMilliseconds : Number.NaN;
}

function isTemporal(value: unknown): value is TemporalInstant {
  const brand = Object.prototype.toString.call(value);
  return brand === "[object Temporal.Instant]" || brand === "[object Temporal.ZonedDateTime]";
}
