/** The page that a run writes. */
import { writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import type { Result } from "./verdict.ts";

export async function writePage(file: string, results: readonly Result[]): Promise<void> {
  const text = `${introduction(results)}\n${table(results)}\n`;
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function introduction(results: readonly Result[]): string {
  return `# Mutants

Does the suite notice when the compiler is wrong? Each row is a bug, planted on purpose in a copy of the sources: \`npm run mutation\` builds the copy and runs
the fast suites up to the first failure: \`fixtures\`, \`fixtures/everywhere\`, a few seeds of both families of \`npm run fuzz\`, and \`fixtures/conformance\`. What
counts is what programs do; that the emitted code changes does not. A bug that the compiler's own assertions report counts when the message says what is broken.

${results.length} mutants, of which ${results.filter((result) => result.killed).length} are noticed. They are in \`test/mutation/mutants\`; \`test/mutation/stale.test.ts\` checks in every test run that each
still has its place in the sources. This page is written by \`npm run mutation -- --write\`; seconds are those of building the mutant and of running the suites up to
the failure, on two busy cores. A run of some mutants (\`--only a,b --write\`) keeps the rows of the others as they were.
`;
}

function table(results: readonly Result[]): string {
  const rows = results.map(({ mutant, by, how, seconds }) => [`\`${mutant.name}\``, mutant.what, by, code(how), String(seconds)]);
  const head = ["mutant", "what goes wrong", "noticed by", "how", "s"];
  return [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

/** As code, so that nothing in it means anything to Markdown. */
function code(text: string): string {
  const line = text.replaceAll("`", "'");
  return `\`${line.length > 80 ? `${line.slice(0, 79)}…` : line}\``;
}
