/** The page that a run writes. */
import type { Result } from "./verdict.ts";

export function page(results: readonly Result[]): string {
  const rows = results.map(({ mutant, by, how, seconds }) => [mutant.name, mutant.what, by, how, String(seconds)].map(cell));
  const head = ["mutant", "what goes wrong", "noticed by", "how", "s"];
  const table = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
  return `${TEXT(results)}\n${table}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/[<*_]/g, "\\$&");
}

const TEXT = (results: readonly Result[]): string => `# Mutants

Does the suite notice when the compiler is wrong? Each row is a bug, planted on purpose in a copy of the sources: \`npm run mutation\` builds the copy and runs
the fast suites up to the first failure (\`fixtures\`, \`fixtures/everywhere\`, a few seeds of both families of \`npm run fuzz\`, \`fixtures/conformance\`). What
counts is what programs do; that the emitted code changes does not. A bug that the compiler's own assertions report counts when the message names what is broken.

${results.length} mutants, of which ${results.filter((result) => result.killed).length} are noticed. They are in \`test/mutation/mutants\`; \`test/mutation/stale.test.ts\` checks in every test run that each
still has its place in the sources. This page is written by \`npm run mutation -- --write\`; seconds are those of building the mutant and of the suites up to the failure.
`;
