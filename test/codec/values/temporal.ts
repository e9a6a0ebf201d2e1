/** The classes of Temporal. Node 24 has them behind a flag, as they were some time ago, so the types of today's are not taken. */
import { kind, type Kind } from "./kind.ts";

type Part = string | number | bigint;
interface Value {
  toString(): string;
  equals(other: object): boolean;
}

const temporal = (globalThis as unknown as { Temporal: Record<string, new (...parts: readonly Part[]) => Value> }).Temporal;

const CASES: readonly (readonly [name: string, ...parts: Part[]])[] = [
  ["Instant", -(2n ** 62n)],
  ["ZonedDateTime", 1_700_000_000_123_456_789n, "Europe/Berlin", "gregory"],
  ["Duration", 1, 2, 3, 4, 5, 6, 7, 8_000, 9_000, 10],
  ["PlainTime", 23, 59, 59, 999, 998, 997],
  ["PlainDate", -2024, 2, 29, "iso8601"],
  ["PlainDateTime", 2024, 2, 29, 1, 2, 3, 4, 5, 6, "japanese"],
  ["PlainYearMonth", 2024, 2, "iso8601", 29],
  ["PlainMonthDay", 2, 29, "iso8601", 1976],
];

export const temporalKinds: readonly Kind[] = CASES.map(([name, ...parts]) =>
  kind(
    `Temporal.${name}`,
    () => new temporal[name]!(...parts),
    (value) => [String(value), Object.prototype.toString.call(value), value instanceof temporal[name]!],
  ),
);
