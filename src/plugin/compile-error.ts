import { FlowError } from "../shared/errors.js";
import type { Diagnostic } from "../transform/types.js";

/** The program was refused. `message` counts the errors and shows the first. */
export class CompileError extends FlowError {
  readonly code = "FLOW_COMPILE";
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    message: string = summary(diagnostics),
  ) {
    super(message);
  }
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return "The program does not compile.";
  const place = first.file === undefined ? "" : `${first.file}:${first.line}:${first.column}: `;
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  return `${place}${first.code}: ${first.message}${more}`;
}
