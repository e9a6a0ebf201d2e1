/** The same work for everybody: one run of so many steps that do nothing, one after the other; and many runs of a few such steps at once. */
export const ONE = { runs: 1, steps: Number(process.env.PEER_STEPS ?? 200) };
export const MANY = { runs: Number(process.env.PEER_RUNS ?? 100), steps: 10 };

/**
 * Steps a second, from the first start to the last result.
 * @param {{ runs: number, steps: number }} size
 * @param {(steps: number) => Promise<unknown>} run starts a run and waits for its result
 */
export async function rate({ runs, steps }, run) {
  const started = performance.now();
  await Promise.all(Array.from({ length: runs }, () => run(steps)));
  return (runs * steps * 1_000) / (performance.now() - started);
}

/** Both workloads, after a short run that nobody counts. */
export async function both(run) {
  await run(3);
  return { one: await rate(ONE, run), many: await rate(MANY, run) };
}
