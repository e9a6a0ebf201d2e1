/** Answers what `body` resolves to, or `undefined` when the person presses Ctrl-C or the system asks the process to end before that. */
export async function untilInterrupted<T>(body: Promise<T>): Promise<T | undefined> {
  const { promise: interrupted, resolve } = Promise.withResolvers<undefined>();
  const stop = () => resolve(undefined);
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    return await Promise.race([body, interrupted]);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
