/** Sentences for people about what a run waits for. */
import { CALLBACK } from "./effects/callback.js";
import { definitionOf } from "./effects/step.js";
import type { RunImage } from "./image.js";
import type { Group } from "./group.js";
import { Pending } from "./pending.js";
import type { ArgumentsWait, Strand, Wait } from "./strand.js";
import { shortName } from "./suspend.js";

/** What a strand waits for: `step charge, attempt 2`, `sleep until 2026-01-01T00:00:00.000Z`. */
export function describeWait(wait: Wait): string {
  switch (wait.kind) {
    case "step": {
      const name = wait.step === "" ? `perform` : `step ${stepName(wait.step, wait)}`;
      const queued = wait.extra?.queue === undefined ? name : `${name} in queue ${wait.extra.queue}`;
      return wait.attempt === 1 ? queued : `${queued}, attempt ${wait.attempt}`;
    }
    case "sleep":
      return `sleep until ${isoTime(wait.until)}`;
    case "receive":
      return `${source(wait.channel)}${wait.deadline === undefined ? "" : `, at most until ${isoTime(wait.deadline)}`}`;
    case "run":
      return `end of run ${wait.run}`;
    case "join":
      return wait.task instanceof Pending ? `result of ${wait.task.name}` : `end of task ${wait.task.id}`;
    case "arguments":
      return `arguments of ${wait.name}: ${openNames(wait)}`;
    case "start":
      return "a worker to begin it";
    case "group":
      return describeGroup(wait);
  }
}

/** The calls whose results are still missing. */
function openNames({ on }: ArgumentsWait): string {
  return on
    .filter((call) => call.state === "running")
    .map((call) => call.name)
    .join(", ");
}

/** `map of 10000: 100 running, 1200 ended`. */
function describeGroup({ combinator, size, next, children, isDecided }: Group): string {
  const running = children.size;
  const ended = next - running;
  const state = isDecided ? `${running} being cancelled` : `${running} running`;
  return `${combinator} of ${size}: ${state}${ended === 0 || isDecided ? "" : `, ${ended} ended`}`;
}

/** What people call a strand: `map[17]`, `map[17] > all[0]` when it was started by that one, `task 3`, `loadOrders (task 3)` for a call of an `overlap` block; main has no name. */
export function strandName(strand: Strand): string {
  const { group, task, index } = strand;
  if (task instanceof Pending) return `${task.name} (task ${task.id})`;
  if (group === undefined) return task === undefined ? "" : `task ${task.id}`;
  const above = group.parent === undefined ? "" : strandName(group.parent);
  return `${above === "" ? "" : `${above} > `}${group.combinator}[${index}]`;
}

function source(channel: string): string {
  return channel.startsWith(CALLBACK) ? "answer to a callback" : `message on channel "${channel}"`;
}

function stepName(id: string, wait: Wait & { readonly kind: "step" }): string {
  return definitionOf(wait)?.name ?? shortName(id);
}

/** What a run waits for: the wait of its first strand, and how many others there are. */
export function describeRun(image: RunImage): string {
  const { first } = image.strands;
  if (first?.wait === undefined) return "";
  const others = image.strands.size - 1;
  const more = others === 0 ? "" : ` (and ${others} more strand${others === 1 ? "" : "s"})`;
  return describeWait(first.wait) + more;
}

/** Dates beyond what Date can hold are printed as what they are. */
function isoTime(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : `${time} ms`;
}
