/** What a mutant is, and how one is planted. */

/** A bug, as an edit of one source file. */
export interface Mutant {
  /** Unique, and what `--only` takes. */
  readonly name: string;
  /** What goes wrong in compiled programs. */
  readonly what: string;
  /** Relative to the root of the project. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The source with the bug in it. Throws when the place is not there any more, or no longer the only one: the mutant is stale. */
export function plant(mutant: Mutant, source: string): string {
  const count = source.split(mutant.find).length - 1;
  if (count !== 1) throw new Error(`mutant ${mutant.name} is stale: its text occurs ${count} times in ${mutant.file}`);
  const at = source.indexOf(mutant.find);
  return source.slice(0, at) + mutant.replace + source.slice(at + mutant.find.length);
}
