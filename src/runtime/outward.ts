/** What a transition does beyond its own run; it becomes durable with the transition, or not at all (I4). */
import type { CacheEntry, Commit, NewMessage, NewRun, NewTask, NoteValue } from "./store/store.js";

export type OutwardEffects = Pick<Commit, "starts" | "sends" | "watches" | "notes" | "tasks" | "withdrawn" | "cached">;

export class Outward {
  starts: NewRun[] = [];
  sends: NewMessage[] = [];
  watches: string[] = [];
  notes: Record<string, NoteValue> | undefined;
  tasks: NewTask[] = [];
  withdrawn: number[] = [];
  cached: CacheEntry[] = [];

  reset(): void {
    this.starts = [];
    this.sends = [];
    this.watches = [];
    this.notes = undefined;
    this.tasks = [];
    this.withdrawn = [];
    this.cached = [];
  }

  note(key: string, value: NoteValue): void {
    this.notes ??= Object.create(null) as Record<string, NoteValue>;
    this.notes[key] = value;
  }

  /** What a commit holds of it: nothing of what is empty. */
  get effects(): OutwardEffects {
    const { starts, sends, watches, notes, tasks, withdrawn, cached } = this;
    return {
      ...(starts.length > 0 && { starts }),
      ...(sends.length > 0 && { sends }),
      ...(watches.length > 0 && { watches }),
      ...(notes !== undefined && { notes }),
      ...(tasks.length > 0 && { tasks }),
      ...(withdrawn.length > 0 && { withdrawn }),
      ...(cached.length > 0 && { cached }),
    };
  }
}
