import { UsageError } from "../shared/errors.js";
import type { LoadedProgram } from "../plugin/load.js";

export interface ChosenWorkflow {
  /** The name it is exported under. */
  readonly name: string;
  readonly fn: (...args: never[]) => unknown;
}

/** The workflow of that name; without a name the only one, or `main`, or the default export. Throws UsageError that lists what there is. */
export function chooseWorkflow(program: LoadedProgram, name: string | undefined, shown: string): ChosenWorkflow {
  const found = workflowsOf(program);
  const names = found.map((each) => each.name).join(", ");
  if (found.length === 0) throw new UsageError(`${shown} exports no workflow: no exported function of it can suspend.`);
  if (name !== undefined) {
    const chosen = found.find((each) => each.name === name);
    if (chosen === undefined) throw new UsageError(`${shown} exports no workflow "${name}". It exports: ${names}.`);
    return chosen;
  }
  const [only, second] = found;
  const chosen =
    second === undefined ? only : (found.find((each) => each.name === "main") ?? found.find((each) => each.name === "default"));
  if (chosen === undefined)
    throw new UsageError(`${shown} exports several workflows: ${names}. Say which one: flowc run ${shown} ${only?.name ?? ""}`);
  return chosen;
}

function workflowsOf({ module, host }: LoadedProgram): ChosenWorkflow[] {
  return Object.entries(module)
    .filter((entry): entry is [string, ChosenWorkflow["fn"]] => typeof entry[1] === "function" && host.isWorkflow(entry[1]))
    .map(([name, fn]) => ({ name, fn }));
}
