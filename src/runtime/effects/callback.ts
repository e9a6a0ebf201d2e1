/**
 * `callback` as a hand-written pair of fast copy and resume copy, the shape the compiler would emit for
 *
 *     const $channel = open(); announce(token($channel)); return receive($channel, timeout);
 */
import { ABI_VERSION, RESUME_THROW, type FrameShape, type ResumeMode } from "../../shared/abi.js";
import { UsageError } from "../../shared/errors.js";
import { $module } from "../registry.js";
import { $save, runPort, suspend, SUSPEND } from "../suspend.js";
import type { ReceiveOptions } from "./channel.js";
import { milliseconds } from "./duration.js";

const runtime = $module(ABI_VERSION, "flowc:runtime");
const code = runtime.code("callback", { name: "callback", hash: "1", resume, points: [[1, 1, "callback(token => …)"]] });

/** Names of the channels on which answers arrive begin with this. */
export const CALLBACK = "callback:";

/**
 * Waits for an answer of the outside world. `announce` is given a token, and sees to it that somebody gets it (a step that sends a mail, say); whoever has it answers
 * with `flow.answer(token, value)`, or over HTTP. With a timeout: answers `undefined` when none came in time. Throws what `announce` throws.
 */
export function callback<T>(announce: (token: string) => void): T;
export function callback<T>(announce: (token: string) => void, options: ReceiveOptions): T | undefined;
export function callback<T>(announce: (token: string) => void, options?: ReceiveOptions): T | undefined {
  if (typeof announce !== "function")
    throw new UsageError(`callback() takes a function that is given the token, not ${typeof announce}.`);
  const $timeout = options?.timeout === undefined ? undefined : milliseconds(options.timeout, "callback: timeout");
  const port = runPort("callback");
  const $channel = port.openCallback();
  let announced: unknown;
  try {
    announced = announce(tokenOf(port.runId, $channel));
  } catch (error) {
    port.closeCallback($channel);
    throw error;
  }
  if (announced === SUSPEND) return $save(code, 0, { $channel, $timeout }, undefined, announce) as never;
  return receive($channel, $timeout) as T | undefined;
}
runtime.bind(code, callback);

function resume(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
  const { $channel, $timeout } = frame.slots as { $channel: string; $timeout: number | undefined };
  if (mode === RESUME_THROW) {
    runPort("callback").closeCallback($channel);
    throw value;
  }
  return receive($channel, $timeout);
}

function receive(channel: string, timeout: number | undefined): unknown {
  const taken = runPort("callback").take(channel);
  if (taken === undefined) return suspend("callback", { kind: "receive", channel, timeout, deadline: undefined, since: 0 });
  runPort("callback").closeCallback(channel);
  return taken.value;
}

/** A token names the run and the channel, which nobody can guess. */
function tokenOf(run: string, channel: string): string {
  return `${Buffer.from(run).toString("base64url")}.${channel.slice(CALLBACK.length)}`;
}

/** What a token names. Throws UsageError for what is none. */
export function readToken(token: unknown): { readonly run: string; readonly channel: string } {
  const parts = typeof token === "string" ? token.split(".") : [];
  const run = parts.length === 2 ? Buffer.from(parts[0]!, "base64url").toString() : "";
  if (run === "" || parts[1] === "") throw new UsageError("This is not a token that callback() gave out.");
  return { run, channel: CALLBACK + parts[1]! };
}
