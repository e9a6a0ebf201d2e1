/**
 * The library corpus: programs that use libraries nobody here wrote.
 *
 *     npm run corpus               a table of all of them
 *     npm run corpus -- acorn      one
 *
 * With `--json` prints a line of JSON for each.
 */
import { parseArgs } from "node:util";
import { libraries } from "./bundle.mjs";
import { run } from "./run.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false }, dense: { type: "string" }, every: { type: "string" } },
});
const COLUMNS = ["library", "version", "bytes", "suspensions", "declined", "seconds", "identical"];
const WIDTHS = [14, 10, 10, 12, 10, 22, 10];

if (!values.json) console.log(row(COLUMNS));
for (const library of positionals.length > 0 ? positionals : libraries()) {
  const outcome = await run(library, numeric(values));
  print(outcome);
  if (outcome.differences.length > 0 && !values.json) process.exitCode = 1;
}

function numeric({ dense, every }) {
  return { ...(dense && { dense: Number(dense) }), ...(every && { every: Number(every) }) };
}

function print(report) {
  if (values.json) return console.log(JSON.stringify(report));
  const { library, version, bytes, suspensions, declined, differences } = report;
  const { compile, straight, suspended } = report.seconds;
  console.log(
    row([
      library,
      version,
      bytes,
      suspensions,
      declined,
      `${compile} + ${straight} + ${suspended}`,
      differences.length === 0 ? "yes" : "NO",
    ]),
  );
  for (const { way, at, expected, actual } of differences)
    console.log(`  ${way} differs at ${at}\n    expected ${expected}\n    actual   ${actual}`);
}

function row(cells) {
  return cells.map((cell, index) => String(cell).padEnd(WIDTHS[index])).join("");
}
