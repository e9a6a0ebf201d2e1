import { OpenWorkflow } from "openworkflow";
import { both } from "./workloads.mjs";

async function measure(backend) {
  const ow = new OpenWorkflow({ backend });
  const steps = ow.defineWorkflow({ name: "steps" }, async ({ input, step }) => {
    for (let n = 0; n < input; n++) await step.run({ name: `step ${n}` }, () => n);
    return input;
  });
  const worker = ow.newWorker({ concurrency: 100 });
  await worker.start();
  try {
    return await both(async (count) => (await steps.run(count)).result());
  } finally {
    await worker.stop();
    await backend.stop?.();
  }
}

export async function onSqlite(file) {
  const { BackendSqlite } = await import("openworkflow/sqlite");
  return measure(BackendSqlite.connect(file));
}

export async function onPostgres(url) {
  const { BackendPostgres } = await import("openworkflow/postgres");
  return measure(await BackendPostgres.connect(url));
}
