/** What is told anyway: by the error the command ends with, and by the journal of the run that fails. */
const TOLD: ReadonlySet<string> = new Set(["the worker has stopped", "a run cannot be loaded"]);

/** Warnings of the worker in one line each, on stderr. */
export const warnings = {
  info: () => undefined,
  warn: (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
    if (TOLD.has(message)) return;
    process.stderr.write(`warning: ${message}${"error" in facts ? `: ${String(facts.error)}` : ""}\n`);
  },
};
