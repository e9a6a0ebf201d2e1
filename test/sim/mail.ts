/**
 * Checks of messages: each is consumed once, by the run it is for, and what is consumed has been received or lies in a mailbox, in the order in which it was sent (I4). An end
 * of a run is told as often as somebody wanted to hear of it; a token is answered once.
 */
import { CALLBACK } from "../../dist/runtime/effects/callback.js";
import type { RunImage } from "../../dist/runtime/image.js";
import type { Message } from "../../dist/runtime/store/store.js";
import { count, type Track } from "./track.ts";

type Say = (track: Track, message: string) => void;

export class Mail {
  /** Messages that the store has handed out, by number. */
  readonly #known = new Map<number, Message>();
  readonly #consumed = new Set<number>();
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  given(messages: readonly Message[]): void {
    for (const message of messages) this.#known.set(message.seq, message);
  }

  /** Answers what was consumed. */
  consumed(track: Track, seqs: readonly number[]): Message[] {
    for (const seq of seqs) {
      const message = this.#known.get(seq);
      if (message?.run !== track.id) this.#say(track, `I4: message ${seq} was consumed, and nobody was given it`);
      else if (this.#consumed.has(seq)) this.#say(track, `I4: messages were consumed twice: ${seq}, ${message.kind}`);
      else this.#take(track, message);
      this.#consumed.add(seq);
    }
    return seqs.flatMap((seq) => this.#known.get(seq) ?? []);
  }

  #take(track: Track, { kind, topic }: Message): void {
    switch (kind) {
      case "send":
        return void count(track.consumed, topic);
      case "cancel":
      case "orphaned":
        track.isCancelled = true;
        return;
      case "ended":
        if (count(track.told, topic) > (track.watches.get(topic) ?? 0))
          this.#say(track, `the end of ${topic} was told ${track.told.get(topic)} times, and asked for less often`);
        return;
      default:
    }
  }

  /** What was consumed was received, or is in a mailbox, in the order of arrival. */
  check(track: Track, image: RunImage): void {
    if (track.isCancelled && image.cancel === undefined && image.ending === undefined)
      this.#say(track, "I4: a cancellation was consumed, and the run is not cancelled");
    for (const channel of new Set([...track.consumed.keys(), ...track.got.keys(), ...image.mailboxes.keys()])) {
      if (channel.startsWith(CALLBACK)) continue;
      const consumed = track.consumed.get(channel) ?? 0;
      const got = [...(track.got.get(channel) ?? []), ...(image.mailboxes.get(channel) ?? [])];
      const sent = track.sent.get(channel) ?? [];
      if (got.some((value, index) => value !== sent[index]))
        this.#say(track, `messages on ${channel} were sent as ${sent.join()} and arrived as ${got.join()}`);
      if (got.length !== consumed)
        this.#say(track, `I4: ${consumed} messages were consumed on ${channel}, ${got.length} arrived`);
    }
  }

  /** The program has got an answer. */
  answered(track: Track, token: string, value: number): void {
    const channel = CALLBACK + token.slice(token.indexOf(".") + 1);
    const sent = track.sent.get(channel) ?? [];
    if (sent[0] !== value)
      this.#say(track, `a callback was answered with ${value}, and what was sent is ${sent.join() || "nothing"}`);
    if (count(track.words, `answer to ${token}`) > 1) this.#say(track, "a callback was answered twice");
    if (sent.length > 1) this.#say(track, `the store took ${sent.length} answers to a callback`);
  }
}
