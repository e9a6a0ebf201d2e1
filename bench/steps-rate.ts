/** The work that stores are measured with: null steps, by one worker. */
import { open, type Store } from "../dist/index.js";

/** A workflow that makes so many steps, one after the other. */
export type StepsWorkflow = (count: number) => number;

/** Starts `runs` runs in `store`, then times a worker until the last has ended. Closes the store. */
export async function stepsPerSecond(store: Store, steps: StepsWorkflow, runs: number, perRun: number): Promise<number> {
  const flow = open({ store });
  const handles = [];
  for (let i = 0; i < runs; i++) handles.push(await flow.start(steps, [perRun]));
  const started = performance.now();
  const worker = await flow.worker({ concurrency: 1000 });
  await Promise.all(handles.map((run) => run.result()));
  const elapsed = performance.now() - started;
  await worker.stop();
  await flow.close();
  return (runs * perRun * 1000) / elapsed;
}
