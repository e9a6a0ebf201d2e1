/** Checks of schedules: an occurrence has one run at most, and one for certain where nothing may be left out; what may not overlap does not. */
import type { NewRun, StoredSchedule } from "../../dist/runtime/store/store.js";
import type { Definition, State } from "../../dist/runtime/schedules/plan.js";
import type { Track } from "./track.ts";
import type { World } from "./world.ts";

interface Line {
  readonly definition: Definition;
  readonly from: number;
  /** What happens up to then is decided. */
  to: number;
  skipped: number;
  /** Somebody has changed its course: paused it, or asked for more. */
  isDisturbed: boolean;
}

const NEVER_LEFT_OUT = new Set(["allow", "buffer"]);

export class Occurrences {
  readonly #lines = new Map<string, Line>();
  readonly #runs: ReadonlyMap<string, Track>;
  readonly #world: World;

  constructor(world: World, runs: ReadonlyMap<string, Track>) {
    this.#world = world;
    this.#runs = runs;
  }

  /** A person is about to change the course of the schedule. */
  disturb(name: string): void {
    const line = this.#lines.get(name);
    if (line !== undefined) line.isDisturbed = true;
  }

  /** A schedule was written. Its runs are not there yet. */
  written({ name, definition: json }: StoredSchedule, starts: readonly NewRun[]): void {
    const { definition, state } = JSON.parse(json) as { readonly definition: Definition; readonly state: State };
    const line = this.#lines.get(name);
    if (line === undefined)
      this.#lines.set(name, { definition, from: state.cursor, to: state.cursor, skipped: 0, isDisturbed: false });
    else Object.assign(line, { to: state.cursor, skipped: state.skipped });
    for (const { id } of starts)
      if (this.#runs.has(id) && line?.isDisturbed !== true) this.#world.violate(`schedule ${name}: ${id} is started twice`);
    if (definition.overlap !== "allow" && starts.length > 0) this.#checkAlone(name, starts);
  }

  #checkAlone(name: string, starts: readonly NewRun[]): void {
    if (starts.length > 1) this.#world.violate(`schedule ${name}: ${starts.length} runs are started at once`);
    for (const run of this.#runs.values()) {
      // One that had ended, and was retried, nobody waits for.
      if (!run.id.startsWith(`${name}@`) || !run.isLive || run.ends.size > 0) continue;
      this.#world.violate(`schedule ${name}: ${starts[0]!.id} is started while ${run.id} is under way`);
    }
  }

  /** All is over. */
  audit(): void {
    for (const [name, { definition, from, to, isDisturbed, skipped }] of this.#lines) {
      const { spec, catchUp, overlap } = definition;
      if (spec.kind !== "every" || isDisturbed || catchUp !== "all" || !NEVER_LEFT_OUT.has(overlap)) continue;
      if (skipped > 0) this.#world.violate(`schedule ${name}: ${skipped} were left out`);
      const { everyMs, offsetMs } = spec;
      for (let at = (Math.floor((from - offsetMs) / everyMs) + 1) * everyMs + offsetMs; at <= to; at += everyMs) {
        const id = `${name}@${new Date(at).toISOString()}`;
        if (!this.#runs.has(id)) this.#world.violate(`schedule ${name}: nothing was started for ${id}`);
      }
    }
  }
}
