/** Plants a bug into the built runtime as it is loaded; the files on disk stay as they are. */
import { registerHooks } from "node:module";
import { MUTANTS, planted } from "./mutants.ts";

/** Has to be called before anything of the runtime is loaded. Throws for a name that no mutant has. */
export function plantByName(name: string): void {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined)
    throw new Error(`no mutant is called ${name}; there are ${MUTANTS.map((each) => each.name).join(", ")}`);
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/dist/runtime/${mutant.file}`) || loaded.source == null) return loaded;
      const text = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: planted(mutant, text) };
    },
  });
}
