import type { Notes, NoteValue } from "./store/store.js";

/**
 * A note as people write it, `amount=12.5`: numbers, booleans and null are what they look like, everything else is a text. `undefined` for what has not this form.
 */
export function readNote(text: string): Notes | undefined {
  const at = text.indexOf("=");
  if (at < 1) return undefined;
  const value = text.slice(at + 1);
  const isText = !/^(?:true|false|null|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(value);
  return { [text.slice(0, at)]: isText ? value : (JSON.parse(value) as NoteValue) };
}
