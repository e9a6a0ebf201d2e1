/** Programs whose speed is compared with the same code run natively. `pause` can suspend and does so only when it is armed. */
import { sleep } from "flowc";

const switches = { armed: false };

export function arm(on: boolean): void {
  switches.armed = on;
}

export function pause(x: number): number {
  if (switches.armed) sleep(1);
  return x;
}

/** A small function as programs have them: a few operations, and a suspension on a path that is not taken. */
export function mix(x: number): number {
  if (switches.armed) sleep(1);
  const a = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  const b = Math.imul(a ^ (a >>> 12), 0x297a2d39);
  return (b ^ (b >>> 15)) & 1023;
}

/** Every call is a suspension point. */
export function recursion(n: number): number {
  if (n < 2) return pause(n);
  return recursion(n - 1) + recursion(n - 2);
}

/** Two loops with a point that is never reached. */
export function nestedLoops(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      sum = (sum + i * j) & 0xffff;
      if (sum === -1) sum += pause(j);
    }
  }
  return sum;
}

/** One suspendable call a round. */
export function callHeavy(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + mix(i)) & 0xffff;
  return sum;
}

/** The same with a callee that native code inlines to nothing: half a nanosecond a round, the worst case there is. */
export function emptyCalls(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + pause(i)) & 0xffff;
  return sum;
}

/** Several points in one round, in conditions and operands. */
export function severalSites(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const a = mix(i);
    const b = a > 10 ? mix(a) : mix(1);
    if (mix(b) > 5) sum += mix(a) - b;
    else sum += 1;
  }
  return sum;
}

/** A loop that only computes, in a function that can suspend. */
export function computing(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + Math.imul(i, 0x9e3779b1)) >>> 1;
  return n < 0 ? pause(sum) : sum;
}

/** The same with an array in each round. */
export function computingMore(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (const part of [i, i + 1, i + 2]) sum = (sum + part) & 0xffff;
  return n < 0 ? pause(sum) : sum;
}

/** Suspends once at its start, so that the rest runs in the resume copy. */
export function loopAfterPause(n: number): number {
  let sum = pause(0);
  for (let i = 0; i < n; i++) sum = (sum + pause(i)) & 0xffff;
  return sum;
}

export function depth5(x: number): number {
  return depth4(x) + 1;
}
function depth4(x: number): number {
  return depth3(x) + 1;
}
function depth3(x: number): number {
  return depth2(x) + 1;
}
function depth2(x: number): number {
  return pause(x) + 1;
}
