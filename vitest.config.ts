import { defineConfig } from "vitest/config";

/** Set by `.ci/run`: where to leave vitest's own counts. */
const report = process.env.FLOWC_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/postgres.setup.ts"],
    // Child processes, not threads: tests load compiled programs into the process-wide registry and kill what they start.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});
