/** Which functions are workflows, and how they are named. */
import { UsageError } from "../shared/errors.js";
import { allCodes, closureOf, functionById, functionCount } from "./registry.js";

/** True for a function `flow.start` takes and that can suspend: an exported or other module-level function of a compiled file. */
export function isWorkflow(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const code = closureOf(value)?.code;
  return code?.resume !== undefined && functionById(code.id) === value;
}

/** The code id of a workflow. Throws UsageError with the reason when it is none; `caller` names what was called with it. */
export function workflowId(workflow: unknown, caller: string): string {
  if (typeof workflow !== "function") throw new UsageError(`${caller} takes a workflow function, not ${typeof workflow}.`);
  const code = closureOf(workflow)?.code;
  const name = workflow.name || "the function";
  if (code === undefined) {
    throw new UsageError(
      `${caller}: ${name} is not compiled by flowc. Include its file in the tsconfig flowc uses, and run the compiled output ` +
        "(flowc compile, flowc run, a bundler plugin, or node --import flowc/register).",
    );
  }
  if (functionById(code.id) !== workflow) {
    throw new UsageError(
      `${caller}: ${name} is a closure. A workflow is an exported function of a module; pass what it needs as arguments.`,
    );
  }
  return code.id;
}

/** The loaded workflow of that id, or, when only one has it, of that name; `undefined` when there is none. */
export function findWorkflow(name: string): ((...args: unknown[]) => unknown) | undefined {
  const ids = loadedWorkflows();
  const named = ids.includes(name) ? [name] : ids.filter((id) => id.endsWith(`#${name}`));
  const found = named.length === 1 ? functionById(named[0]!) : undefined;
  return isWorkflow(found) ? (found as (...args: unknown[]) => unknown) : undefined;
}

let known: readonly string[] = [];
let knownAt = -1;

/** Ids of the workflows that this process has loaded: a worker claims runs of no others. Asked for at every poll, and the same until a module is loaded. */
export function loadedWorkflows(): readonly string[] {
  if (knownAt === functionCount()) return known;
  knownAt = functionCount();
  const ids: string[] = [];
  // The runtime has functions of its own among them.
  for (const { id } of allCodes()) if (!id.startsWith("flowc:") && functionById(id) !== undefined) ids.push(id);
  known = ids;
  return known;
}
