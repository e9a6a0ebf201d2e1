import type { Diagnostic } from "../transform/types.js";
import type { Output } from "./output.js";

/** Each diagnostic with its code frame on stderr, then one line that counts the errors. */
export async function printDiagnostics(out: Output, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (out.json || diagnostics.length === 0) return;
  const { formatDiagnostic } = await import("../transform/index.js");
  for (const diagnostic of diagnostics) out.aside(formatDiagnostic(diagnostic));
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0) out.aside(`error: ${errors} ${errors === 1 ? "error" : "errors"}, nothing was written`);
}
