/** What a type says about whether its values can be saved in a checkpoint. */

export type Verdict =
  | { readonly kind: "can" }
  /** `any`, an interface, a class of somebody else: the value itself is looked at when the run suspends, where NotSaveableError can be caught. */
  | { readonly kind: "unknown" }
  | Cannot;

/** Every value of the type holds something that belongs to the running process. */
export interface Cannot {
  readonly kind: "cannot";
  /** The way from the value to what cannot be saved: `.db.socket`; empty when it is the value itself. */
  readonly path: string;
  /** The type found there: `Socket`. */
  readonly type: string;
  /** Why, as the end of a sentence, and what to do, as sentences. */
  readonly why: string;
  readonly fix: string;
}

export const CAN: Verdict = { kind: "can" };
export const UNKNOWN: Verdict = { kind: "unknown" };

/** The verdict on a whole from that on a part which every value of the whole has. */
export function below(step: string, part: Verdict): Verdict {
  return part.kind === "cannot" ? { ...part, path: step + part.path } : part;
}

/** A value that is one of these: refused only when it is, whichever it is. */
export function oneOf(members: readonly Verdict[]): Verdict {
  const first = members[0];
  if (first?.kind === "cannot" && members.every((each) => each.kind === "cannot")) return first;
  return members.every((each) => each.kind === "can") ? CAN : UNKNOWN;
}

/** A value that has all of these: refused when one of them is. */
export function allOf(parts: Iterable<Verdict>): Verdict {
  let whole: Verdict = CAN;
  for (const part of parts) {
    if (part.kind === "cannot") return part;
    if (part.kind === "unknown") whole = part;
  }
  return whole;
}
