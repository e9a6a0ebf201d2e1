/**
 * Checks of functions that run at once: what a call started has ended when the call does, its `finally` blocks included; nothing of it runs later; never more than `concurrency` of
 * them are under way.
 */
import type { Mark, Track } from "./track.ts";

interface Group {
  readonly open: Set<string>;
  isOver: boolean;
}

export class Structure {
  readonly #groups = new WeakMap<Track, Map<string, Group>>();
  /** The group a lane is in. */
  readonly #members = new WeakMap<Track, Map<string, Group>>();
  readonly #say: (track: Track, message: string) => void;

  constructor(say: (track: Track, message: string) => void) {
    this.#say = say;
  }

  ran(track: Track, { lane, what }: Mark): void {
    if (this.#membersOf(track).get(lane)?.isOver === true)
      this.#say(track, `${lane} runs (${what}) after the call that started it is over`);
    const [kind, name, limit] = what.split(" ");
    if (kind === "member") this.#begins(track, lane, name!, Number(limit));
    else if (kind === "left") this.#group(track, name!).open.delete(lane);
    else if (kind === "over") this.#over(track, name!);
  }

  #begins(track: Track, lane: string, name: string, limit: number): void {
    const group = this.#group(track, name);
    this.#membersOf(track).set(lane, group);
    group.open.add(lane);
    if (group.isOver) this.#say(track, `${lane} begins after ${name} is over`);
    if (group.open.size > limit) this.#say(track, `${group.open.size} of ${name} are under way, and ${limit} may be`);
  }

  #over(track: Track, name: string): void {
    const group = this.#group(track, name);
    group.isOver = true;
    if (group.open.size > 0) this.#say(track, `${name} is over, and ${[...group.open].join()} is alive`);
  }

  #group(track: Track, name: string): Group {
    const groups = mapOf(this.#groups, track);
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { open: new Set(), isOver: false }));
    return group;
  }

  #membersOf(track: Track): Map<string, Group> {
    return mapOf(this.#members, track);
  }
}

function mapOf(maps: WeakMap<Track, Map<string, Group>>, track: Track): Map<string, Group> {
  let map = maps.get(track);
  if (map === undefined) maps.set(track, (map = new Map()));
  return map;
}
