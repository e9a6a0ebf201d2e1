import { sleep, start } from "flowc";
import { call } from "./foreign.js";
import { lent, weigh } from "./helpers.ts";

const log: string[] = [];

/** Loops of all kinds that only compute, each long enough to be looked at several times. */
export function loops(rounds: number): unknown[] {
  const out: unknown[] = [];
  let n = 0;
  while (n < rounds) n++;
  out.push(n);
  do n--;
  while (n > 0);
  out.push(n);
  const closures: (() => number)[] = [];
  for (let i = 0; i < rounds; i++) if (i % 1_000 === 0) closures.push(() => i);
  out.push(closures.map((each) => each()).join());
  const list = Array.from({ length: rounds }, (_, i) => i);
  let sum = 0;
  for (const item of list) sum += item;
  out.push(sum);
  const map = new Map(list.map((i) => [i, String(i)]));
  let text = 0;
  for (const [key, value] of map) text += key + value.length;
  out.push(text);
  let letters = 0;
  for (const letter of "x".repeat(rounds)) letters += letter.length;
  out.push(letters);
  const object = Object.fromEntries(list.map((i) => [`k${i}`, i]));
  let keys = 0;
  for (const key in object) keys += key.length;
  out.push(keys);
  outer: for (let i = 0; i < 100; i++) {
    for (let j = 0; j < rounds; j++) {
      if (j === 30 + i) continue outer;
      if (i === 90) break outer;
      try {
        if (j % 7 === 0) continue;
        n++;
      } finally {
        n++;
      }
    }
  }
  out.push(n);
  const closing = {
    *[Symbol.iterator](): Generator<number> {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        out.push("closed");
      }
    },
  };
  for (const i of closing) if (i > rounds) break;
  try {
    for (let i = 0; ; i++) if (i > rounds) throw new RangeError(`at ${i}`);
  } catch (error) {
    out.push(String(error));
  }
  sleep(1);
  for (let i = 0; i < rounds; i++) n += i % 3;
  out.push(n);
  return out;
}

/** Computes for so many milliseconds. */
export function spin(ms: number): number {
  const end = Date.now() + ms;
  let rounds = 0;
  while (Date.now() < end) rounds++;
  if (ms < 0) sleep(1);
  return rounds;
}

/** Never ends by itself, and tidies up. */
export function endless(): void {
  try {
    for (;;) log.length = 0;
  } finally {
    sleep(1);
  }
}

export function quick(): string {
  sleep(1);
  return "quick";
}

/** A loop that could wait, and never does. */
export function mayWait(ms: number): number {
  const end = Date.now() + ms;
  for (let rounds = 0; ; rounds++) {
    if (Date.now() >= end) return rounds;
    if (rounds < 0) sleep(1);
  }
}

/** Computes two calls below the workflow. */
export function deep(ms: number): number {
  return total([ms / 2, ms / 2]);
}

function total(parts: readonly number[]): number {
  let sum = 0;
  for (const part of parts) sum += weigh(part);
  return sum;
}

/** Waits for nothing at all. */
export function neverWaits(ms: number): number {
  const end = Date.now() + ms;
  let rounds = 0;
  while (Date.now() < end) rounds++;
  return rounds;
}

export function startsIt(): void {
  start(neverWaits, [0]);
}

/** Frames of a library are between the loops and the driver: they must not give way. */
export function throughLibrary(ms: number): string {
  const direct = call(lent, ms);
  const nested = call(() => spinBelow(ms));
  return `${direct > 0} ${nested > 0}`;
}

function spinBelow(ms: number): number {
  const end = Date.now() + ms;
  let rounds = 0;
  while (Date.now() < end) rounds++;
  if (ms < 0) sleep(1);
  return rounds;
}
