import { sleep } from "flowc";

/** Computes for so many milliseconds, in a function that only compiled code calls. */
export function weigh(ms: number): number {
  const end = Date.now() + ms;
  let rounds = 0;
  do rounds++;
  while (Date.now() < end);
  if (ms < 0) sleep(1);
  return rounds;
}

/** The same in a function of which nobody knows who calls it. */
export function lent(ms: number): number {
  const end = Date.now() + ms;
  let rounds = 0;
  while (Date.now() < end) rounds++;
  if (ms < 0) sleep(1);
  return rounds;
}
