import { UsageError } from "../../shared/errors.js";

/** A length of time: milliseconds as a number, words such as `"3 days"`, `"1.5 hours"`, `"250ms"`, `"2 days 4 hours"`, or a `Temporal.Duration`. */
export type Duration = number | string | TemporalDuration;

/** What is read of a `Temporal.Duration`, Node's or that of a polyfill. A day has 24 hours; years and months have no length of their own. */
export interface TemporalDuration {
  readonly [Symbol.toStringTag]: "Temporal.Duration";
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
  readonly microseconds: number;
  readonly nanoseconds: number;
  toString(): string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: SECOND,
  sec: SECOND,
  second: SECOND,
  m: MINUTE,
  min: MINUTE,
  minute: MINUTE,
  h: HOUR,
  hr: HOUR,
  hour: HOUR,
  d: DAY,
  day: DAY,
  w: 7 * DAY,
  week: 7 * DAY,
};

/** The longest duration: 10,000 years. Anything longer is a mistake in units. */
const LONGEST = 10_000 * 365 * DAY;
const PART = /\s*(\d+(?:_\d+)*(?:\.\d+)?)\s*([a-z]+)\s*,?/gy;
const HELP =
  'Write milliseconds as a number, words such as "3 days", "1.5 hours", "250ms", "2 days 4 hours", or give a Temporal.Duration.';

const known = new Map<string, number>();

/** `duration` in milliseconds. Throws UsageError naming `what` when it is not a duration. */
export function milliseconds(duration: Duration, what: string): number {
  if (typeof duration === "number") return checked(duration, duration, what);
  if (isTemporal(duration)) return checked(temporalMs(duration, what), String(duration), what);
  if (typeof duration !== "string") throw new UsageError(`${what}: ${String(duration)} is not a duration. ${HELP}`);
  const cached = known.get(duration);
  if (cached !== undefined) return cached;
  const value = checked(parse(duration, what), duration, what);
  if (known.size < 1_000) known.set(duration, value);
  return value;
}

function isTemporal(duration: unknown): duration is TemporalDuration {
  return Object.prototype.toString.call(duration) === "[object Temporal.Duration]";
}

function temporalMs(duration: TemporalDuration, what: string): number {
  const { years, months, weeks, days, hours, minutes, seconds, milliseconds: ms, microseconds, nanoseconds } = duration;
  if (years !== 0 || months !== 0) {
    throw new UsageError(
      `${what}: ${String(duration)} has years or months, which are not all equally long. Give days, or wait with sleepUntil() for the date.`,
    );
  }
  const fractions = ms + microseconds / 1e3 + nanoseconds / 1e6;
  return (weeks * 7 + days) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + fractions;
}

function checked(value: number, written: number | string, what: string): number {
  if (!(value >= 0)) throw new UsageError(`${what}: ${JSON.stringify(written)} is not a duration. ${HELP}`);
  if (value > LONGEST) throw new UsageError(`${what}: ${JSON.stringify(written)} is longer than 10,000 years.`);
  return value;
}

function parse(text: string, what: string): number {
  const input = text.trim().toLowerCase();
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < input.length) {
    const at = PART.lastIndex;
    const part = PART.exec(input);
    if (part === null) {
      const why = /^\s*\d/.test(input.slice(at)) ? "a number without a unit" : "not a number followed by a unit";
      throw new UsageError(
        `${what}: cannot read ${JSON.stringify(text)} as a duration: "${input.slice(at).trim()}" is ${why}. ${HELP}`,
      );
    }
    total += Number(part[1]!.replaceAll("_", "")) * unit(part[2]!, text, what);
  }
  if (input === "") throw new UsageError(`${what}: an empty text is not a duration. ${HELP}`);
  return total;
}

function unit(word: string, text: string, what: string): number {
  const singular = word.length > 2 && word.endsWith("s") ? word.slice(0, -1) : word;
  const size = Object.hasOwn(UNITS, word) ? UNITS[word] : Object.hasOwn(UNITS, singular) ? UNITS[singular] : undefined;
  if (size !== undefined) return size;
  throw new UsageError(
    `${what}: cannot read ${JSON.stringify(text)} as a duration: "${word}" is no unit. Units: ms, s, min, h, days, weeks.`,
  );
}

/** A duration for a person: `2 d 4 h`, `1.5 s`, `250 ms`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${+(ms / SECOND).toFixed(1)} s`;
  const parts: string[] = [];
  let rest = Math.round(ms / SECOND) * SECOND;
  for (const [name, size] of [
    ["d", DAY],
    ["h", HOUR],
    ["min", MINUTE],
    ["s", SECOND],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    rest -= count * size;
  }
  return parts.join(" ");
}
