/** Why objects of the classes of the language and of the platform cannot be saved, and what to do instead: by the name of the class. */

export const INSTANCE_FIX = "Open it inside a step, or let it go out of scope before the suspension.";

type Reason = readonly [why: string, fix: string];

const READ_IN_STEP = "Read it inside a step, and keep what was read.";
const AGAIN = "Keep the locale and the options, and make it again where it is used.";

const REASONS: Readonly<Record<string, Reason>> = {
  __proto__: null as never,
  FinalizationRegistry: [
    "it is a FinalizationRegistry, which waits for the garbage collector of this process",
    "Release what it watches over in a `finally` or with `using`.",
  ],
  SharedArrayBuffer: [
    "it is a SharedArrayBuffer, whose memory other threads of this process may share",
    "Copy it into an ArrayBuffer, or let it go out of scope before the suspension.",
  ],
  Request: ["it is a Request, whose body is a stream of this process", READ_IN_STEP],
  Response: ["it is a Response, whose body is a stream of this process", READ_IN_STEP],
  FormData: [
    "it is a FormData, which may hold files",
    "Keep its entries in an array, and make it inside the step that sends it.",
  ],
  TextDecoder: ["it is a TextDecoder, which may hold the first half of a character", "Make it where it is used."],
  TextEncoder: ["it is a TextEncoder, which belongs to the platform", "Make it where it is used."],
  Event: ["it is an Event, which is being dispatched or was", "Keep what it says in an object of your own."],
  EventTarget: ["it is an EventTarget, whose listeners nobody can list", "Make it inside a step, or use a channel."],
  ...perName(
    "Collator DateTimeFormat DisplayNames DurationFormat ListFormat Locale NumberFormat PluralRules RelativeTimeFormat Segmenter",
    (name) => [`it is an Intl.${name}, which does not tell all it was made of`, AGAIN],
  ),
  DisposableStack: ["it is a DisposableStack, whose resources nobody can list", "Use `using` declarations, which can be saved."],
  AsyncDisposableStack: [
    "it is an AsyncDisposableStack, whose resources nobody can list",
    "Dispose of it inside the step that made it.",
  ],
};

function perName(names: string, reason: (name: string) => Reason): Record<string, Reason> {
  return Object.fromEntries(names.split(" ").map((name) => [name, reason(name)]));
}

/** The reason for instances of the class of that name, `undefined` when there is no particular one. */
export function reasonFor(name: string): Reason | undefined {
  return REASONS[name];
}
