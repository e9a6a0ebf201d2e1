/** How a finding is shown: where the behaviours part, and the program. */
import type { Finding } from "./compare.ts";

export function describe({ program, variant, expected, actual }: Finding): string {
  const [wanted, got] = [
    [...expected.trace, expected.outcome],
    [...actual.trace, actual.outcome],
  ];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const from = Math.max(0, (at < 0 ? wanted.length : at) - 1);
  const show = (lines: readonly string[]): string => lines.slice(from, from + 3).join(" ¦ ");
  return [
    `// ${program.name}: ${variant} differs at line ${from + 1} of the trace`,
    `//   expected ${show(wanted)}`,
    `//   actual   ${show(got)}`,
    program.text,
  ].join("\n");
}
