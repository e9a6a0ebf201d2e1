/** All mutants. */
import type { Mutant } from "./mutant.ts";
import { CLASSES } from "./mutants/classes.ts";
import { GENERATORS } from "./mutants/generators.ts";
import { JUMPS } from "./mutants/jumps.ts";
import { MACHINE } from "./mutants/machine.ts";
import { ORDER } from "./mutants/order.ts";
import { SCOPES } from "./mutants/scopes.ts";

export const MUTANTS: readonly Mutant[] = [...ORDER, ...JUMPS, ...MACHINE, ...SCOPES, ...CLASSES, ...GENERATORS];
