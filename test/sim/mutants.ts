export interface Mutant { readonly name: string; readonly file: string; readonly edits: readonly (readonly [from: string, to: string])[] }
export const MUTANTS: readonly Mutant[] = [];
export function planted(mutant: Mutant, text: string): string {
  let result = text;
  for (const [from, to] of mutant.edits) {
    if (result.split(from).length !== 2) throw new Error(`mutant ${mutant.name}: ${JSON.stringify(from)} is not in ${mutant.file} exactly once`);
    result = result.replace(from, () => to);
  }
  return result;
}
