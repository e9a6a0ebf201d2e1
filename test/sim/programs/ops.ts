/** What a script consists of: the language of the interpreter in `script.ts`. */

export type Combinator = "all" | "settle" | "race" | "any";

/** Queues of `outside.ts`: so many at once, so many of a key, so many in a time; and steps that say how far they have got. */
export type Queued = "narrow" | "urgent" | "keyed" | "rated" | "beating";

export type Op =
  | { readonly op: "act" | "act now" | "beat"; readonly payload: string; readonly shares: boolean }
  | { readonly op: "break"; readonly times: number }
  | { readonly op: "sleep"; readonly ms: number }
  | { readonly op: "grow"; readonly size: number; readonly count: number }
  | { readonly op: "shrink"; readonly keep: number }
  | { readonly op: "receive"; readonly channel: string; readonly timeout: number | undefined }
  | { readonly op: "take"; readonly channel: string }
  | { readonly op: "limit"; readonly ms: number; readonly body: readonly Op[] }
  | { readonly op: "spawn"; readonly name: string; readonly body: readonly Op[] }
  | { readonly op: "join"; readonly name: string }
  | { readonly op: "cancel"; readonly name: string }
  | { readonly op: "loop"; readonly times: number; readonly body: readonly Op[] }
  | { readonly op: "try"; readonly body: readonly Op[]; readonly cleanup: readonly Op[] }
  | { readonly op: "throw" }
  /** Computes for so many rounds of so many milliseconds each. */
  | { readonly op: "compute"; readonly rounds: number; readonly ms: number }
  | { readonly op: "note"; readonly key: string }
  | { readonly op: "group"; readonly combinator: Combinator; readonly bodies: readonly Member[] }
  | { readonly op: "map"; readonly items: number; readonly concurrency: number | undefined; readonly member: Member }
  /** Asks the outside world, which answers after these times, each time with another value. */
  | { readonly op: "callback"; readonly answers: readonly number[]; readonly timeout: number | undefined }
  | { readonly op: "queued"; readonly queue: Queued; readonly key: string }
  | { readonly op: "fetch"; readonly key: string; readonly isQueued: boolean }
  | Child
  /** `isTimed`: the child has a deadline, and this run has none. */
  | { readonly op: "result"; readonly name: string; readonly isTimed: boolean }
  | { readonly op: "stop"; readonly name: string }
  | { readonly op: "tell"; readonly name: string; readonly channel: string; readonly value: number };

/** One of the functions that run at once. */
export interface Member {
  readonly body: readonly Op[];
  readonly cleanup: readonly Op[];
}

/** A run of its own. */
export interface Child {
  readonly op: "start";
  readonly name: string;
  readonly body: readonly Op[];
  /** It is given an id, or gets the one of its parent with a number. */
  readonly hasId: boolean;
  readonly onParentEnd: "cancel" | "abandon";
  readonly delay: number | undefined;
  readonly deadline: number | undefined;
  readonly pauseOnFailure: boolean;
}
