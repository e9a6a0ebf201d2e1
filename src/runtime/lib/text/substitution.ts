/** GetSubstitution (ECMA-262 22.1.3.19.1). */
import { call, STRING } from "../../natives.js";
import { toStr } from "../operations/conversion.js";
import { get } from "../operations/property.js";

/** The replacement with `$&`, `$1`, `$<name>` and their like filled in. May suspend: `groups` is the program's. */
export function substitution(
  matched: string,
  text: string,
  position: number,
  captures: readonly unknown[],
  groups: unknown,
  replacement: string,
): string {
  let out = "";
  let k = 0;
  while (k < replacement.length) {
    if (replacement[k] !== "$") {
      out += replacement[k++];
      continue;
    }
    const length = referenceAt(replacement, k, captures.length, groups !== undefined);
    const reference = sliced(replacement, k, k + length);
    k += length;
    if (reference === "$$" || reference === "$") out += "$";
    else if (reference === "$&") out += matched;
    else if (reference === "$`") out += sliced(text, 0, position);
    else if (reference === "$'") out += sliced(text, position + matched.length, text.length);
    else if (reference[1] === "<") {
      const capture = get(groups, sliced(reference, 2, reference.length - 1));
      if (capture !== undefined) out += toStr(capture);
    } else {
      const capture = captures[+sliced(reference, 1, reference.length) - 1];
      if (capture !== undefined) out += capture as string;
    }
  }
  return out;
}

/** How long the reference is that starts at the `$` at `k`; 1 when it stands for itself. */
function referenceAt(replacement: string, k: number, count: number, hasGroups: boolean): number {
  const next = replacement[k + 1];
  if (next === "$" || next === "&" || next === "`" || next === "'") return 2;
  if (next === "<" && hasGroups) {
    const end = call(STRING["indexOf"], replacement, [">", k]) as number;
    return end < 0 ? 1 : end - k + 1;
  }
  if (!isDigit(next)) return 1;
  const two = isDigit(replacement[k + 2]) ? +sliced(replacement, k + 1, k + 3) : 0;
  if (two >= 1 && two <= count) return 3;
  const one = +(next as string);
  return one >= 1 && one <= count ? 2 : 1;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

function sliced(text: string, from: number, to: number): string {
  return call(STRING["slice"], text, [from, to]) as string;
}
