/** Prints `N passed, N failed` from vitest's JSON report, as the last line of CI. A report that is missing or empty counts as one failure. */
import { readFileSync } from "node:fs";

const [report = ""] = process.argv.slice(2);
const { passed, failed } = counts();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function counts() {
  try {
    const { numPassedTests, numFailedTests, numTotalTests, success } = JSON.parse(readFileSync(report, "utf8"));
    // A test file that did not load has no tests to fail.
    const unloaded = success === true || numFailedTests > 0 ? 0 : 1;
    return { passed: numPassedTests, failed: numTotalTests === 0 ? 1 : numFailedTests + unloaded };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
