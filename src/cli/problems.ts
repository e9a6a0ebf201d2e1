import type { CompileError } from "../plugin/compile-error.js";
import type { Diagnostic } from "../transform/types.js";
import type { Output } from "./output.js";

/** Each diagnostic with its code frame, on stderr. */
export async function printDiagnostics(out: Output, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (out.json || diagnostics.length === 0) return;
  const { formatDiagnostic } = await import("../transform/index.js");
  for (const diagnostic of diagnostics) out.aside(formatDiagnostic(diagnostic));
}

/** A refused program: the code frames, then one line that counts. */
export async function printRefusal(out: Output, { diagnostics, code, message }: CompileError): Promise<void> {
  await printDiagnostics(out, diagnostics);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0 || out.json) return out.error({ code, message, diagnostics });
  const files = [...new Set(errors.flatMap(({ file }) => file ?? []))].join(", ");
  out.error({
    code,
    message: `${errors.length} ${errors.length === 1 ? "error" : "errors"}${files === "" ? "" : ` in ${files}`}`,
  });
}
