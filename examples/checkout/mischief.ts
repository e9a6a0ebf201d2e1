import { createHash } from "node:crypto";

export interface Mischief {
  readonly what: "error" | "hang" | "death";
  /** Before the effect, or after it and before the answer: the case that idempotency keys are for. */
  readonly when: "before" | "after";
}

/** What goes wrong with this request, decided by the seed alone; `undefined`: nothing. */
export function mischief(chances: Readonly<Record<Mischief["what"], number>>, seed: string): Mischief | undefined {
  const digest = createHash("sha256").update(seed).digest();
  let dice = digest.readUInt32BE(0) / 2 ** 32;
  const when = digest.readUInt8(4) < 128 ? "before" : "after";
  for (const what of ["error", "hang", "death"] as const) {
    if (dice < chances[what]) return { what, when };
    dice -= chances[what];
  }
  return undefined;
}
