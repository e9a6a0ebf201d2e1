/** What a mutant is, and how one is planted. */

/** A bug, as an edit of one source file. */
export interface Mutant {
  /** Unique, and what `--only` takes. */
  readonly name: string;
  /** What goes wrong in compiled programs. */
  readonly what: string;
  /** Relative to the root of the project. */
  readonly file: string;
  /** Stands in the file exactly once, however it is broken into lines. */
  readonly find: string;
  readonly replace: string;
}

/** The source with the bug in it. Throws when the place is not there any more, or no longer the only one: the mutant is stale. */
export function plant(mutant: Mutant, source: string): string {
  const found = [...source.matchAll(anyLayout(mutant.find))];
  if (found.length !== 1)
    throw new Error(`mutant ${mutant.name} is stale: its text occurs ${found.length} times in ${mutant.file}`);
  const [{ index, 0: text }] = found as [RegExpExecArray];
  return source.slice(0, index) + mutant.replace + source.slice(index + text.length);
}

/** Matches the code whatever a formatter makes of it: white space between tokens, and a comma before a closing bracket. */
function anyLayout(code: string): RegExp {
  const tokens = (code.match(/[\w$]+|[^\s\w$]/g) ?? []).map((token) => {
    const text = token.replaceAll(/\W/g, "\\$&");
    return /[)\]}]/.test(token) ? `,?\\s*${text}` : text;
  });
  return new RegExp(tokens.join("\\s*"), "g");
}
