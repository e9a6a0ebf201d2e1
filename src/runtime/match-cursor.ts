/** The iterator of `matchAll` (ECMA-262 22.2.9), its state where a checkpoint can have it. The engine's prototype names it; see iterate.ts. */
import { call, REGEXP } from "./natives.js";

interface Result {
  done: boolean;
  value: unknown;
}

export class MatchCursor {
  /** A regular expression of its own, which nobody else holds. */
  #matcher: RegExp | undefined;
  #text: string;
  #isGlobal: boolean;
  #isUnicode: boolean;
  #done = false;

  constructor(matcher: RegExp | undefined, text: string, isGlobal: boolean, isUnicode: boolean) {
    this.#matcher = matcher;
    this.#text = text;
    this.#isGlobal = isGlobal;
    this.#isUnicode = isUnicode;
  }

  next(): Result {
    if (!(#matcher in this)) throw new TypeError("next method called on incompatible receiver");
    const matcher = this.#matcher;
    const match = this.#done || matcher === undefined ? null : execute(matcher, this.#text);
    if (match === null) {
      this.#done = true;
      return { value: undefined, done: true };
    }
    if (!this.#isGlobal) this.#done = true;
    else if (String((match as unknown as readonly unknown[])[0]) === "") this.#pass(matcher!);
    return { value: match, done: false };
  }

  /** After an empty match, the next one is looked for further on (AdvanceStringIndex). */
  #pass(matcher: RegExp): void {
    const index = Math.min(Math.max(Math.trunc(Number(matcher.lastIndex)) || 0, 0), Number.MAX_SAFE_INTEGER);
    const isPair = this.#isUnicode && (this.#text.codePointAt(index) ?? 0) > 0xffff;
    matcher.lastIndex = index + (isPair ? 2 : 1);
  }

  static stateOf(cursor: MatchCursor): readonly unknown[] {
    return [cursor.#matcher, cursor.#text, cursor.#isGlobal, cursor.#isUnicode, cursor.#done];
  }

  static restore(cursor: MatchCursor, [matcher, text, isGlobal, isUnicode, done]: readonly unknown[]): void {
    if (typeof text !== "string" || typeof isGlobal !== "boolean" || typeof isUnicode !== "boolean" || typeof done !== "boolean")
      throw new TypeError("a damaged cursor");
    cursor.#matcher = matcher as RegExp | undefined;
    cursor.#text = text;
    cursor.#isGlobal = isGlobal;
    cursor.#isUnicode = isUnicode;
    cursor.#done = done;
  }
}

/** RegExpExec: `exec` is read each time, since the program may replace it. */
function execute(matcher: RegExp, text: string): object | null {
  const method: unknown = matcher.exec;
  if (typeof method !== "function") return call(REGEXP["exec"], matcher, [text]) as object | null;
  const result = call(method, matcher, [text]);
  if (result !== null && typeof result !== "object" && typeof result !== "function")
    throw new TypeError("exec answered neither an object nor null");
  return result;
}
