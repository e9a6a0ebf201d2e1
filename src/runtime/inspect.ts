/** A continuation for people: where each strand stands, what its variables hold, what it waits for. */
import { describeWait, strandName } from "./describe.js";
import type { Frame } from "./frame.js";
import type { RunImage } from "./image.js";
import type { Strand } from "./strand.js";

/** One suspended activation. */
export interface FrameDescription {
  /** `checkout`, `Cart.add`, `checkout.map(…)`. */
  readonly function: string;
  /** The module it is in, a path: `src/checkout.ts`. */
  readonly file: string;
  /** 1-based place of the call that waits; 0 when unknown. */
  readonly line: number;
  readonly column: number;
  /** The source line, trimmed. */
  readonly text: string;
  /** The live variables, the values themselves: a copy, changing it changes nothing. */
  readonly slots: Readonly<Record<string, unknown>>;
  readonly self: unknown;
}

export interface StrandDescription {
  /** 0 is main. */
  readonly id: number;
  /** `main`, `task 3`, `map[17]`, `map[17] > all[0]`. */
  readonly name: string;
  /** Outermost first. */
  readonly frames: readonly FrameDescription[];
  /** `step charge, attempt 2`. */
  readonly waitingFor: string;
  /** Milliseconds since the epoch. */
  readonly waitingSince: number;
  /** Open `withTimeout`s, outermost first. */
  readonly timeouts: readonly { readonly after: string; readonly deadline: number; readonly fired: boolean }[];
}

export interface RunDescription {
  readonly id: string;
  readonly workflow: string;
  readonly strands: readonly StrandDescription[];
  /** Messages that arrived and were not received yet, by channel. */
  readonly mailboxes: Readonly<Record<string, readonly unknown[]>>;
  /** Step calls made so far. */
  readonly calls: number;
}

/** Describes a decoded image. */
export function describeImage(image: RunImage): RunDescription {
  return {
    id: image.run,
    workflow: image.workflow,
    strands: image.strands.list().map(describeStrand),
    mailboxes: Object.fromEntries(image.mailboxes),
    calls: image.calls,
  };
}

function describeStrand(strand: Strand): StrandDescription {
  return {
    id: strand.id,
    name: strandName(strand) || "main",
    frames: strand.frames.map(describeFrame),
    waitingFor: strand.wait ? describeWait(strand.wait) : "",
    waitingSince: strand.wait?.since ?? 0,
    timeouts: strand.scopes.map(({ label, deadline, fired }) => ({ after: label, deadline, fired })),
  };
}

function describeFrame({ code, point, slots, self }: Frame): FrameDescription {
  const [line, column, text] = code.points?.[point] ?? [0, 0, ""];
  return { function: code.name, file: code.module, line, column, text, slots: { ...slots }, self };
}
