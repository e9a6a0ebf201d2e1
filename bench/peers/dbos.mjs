import { DBOS } from "@dbos-inc/dbos-sdk";
import { both } from "./workloads.mjs";

export async function onPostgres(url) {
  DBOS.setConfig({ name: "peers", systemDatabaseUrl: url, logLevel: "error", runAdminServer: false });
  const steps = DBOS.registerWorkflow(
    async (count) => {
      for (let n = 0; n < count; n++) await DBOS.runStep(async () => n, { name: "step" });
      return count;
    },
    { name: "steps" },
  );
  await DBOS.launch();
  try {
    return await both(async (count) => (await DBOS.startWorkflow(steps)(count)).getResult());
  } finally {
    await DBOS.shutdown();
  }
}
