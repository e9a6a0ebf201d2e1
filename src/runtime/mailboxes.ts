/** Messages that have arrived and that nobody has taken yet: they are in the image, by channel. */
import type { RunImage } from "./image.js";

/** Takes the oldest message of a channel, `undefined` when there is none. */
export function takeMessage(image: RunImage, channel: string): { readonly value: unknown } | undefined {
  const box = image.mailboxes.get(channel);
  if (box === undefined) return undefined;
  const value = box.shift();
  if (box.length === 0) image.mailboxes.delete(channel);
  return { value };
}

/** Nobody waits for an answer to the callback any more: one that arrives is dropped. */
export function closeCallback(image: RunImage, channel: string): void {
  image.rare?.callbacks.delete(channel);
  image.mailboxes.delete(channel);
}
