/** npx passes a Ctrl-C on to a process that the terminal has told already; a signal that comes later than this ends the process at once. */
const ECHO_MS = 500;

/**
 * Answers what `body` resolves to, or `undefined` when the person presses Ctrl-C or the system asks the process to end before that; then `onInterrupt` is called first.
 */
export async function untilInterrupted<T>(body: Promise<T>, onInterrupt: () => void = () => undefined): Promise<T | undefined> {
  const { promise: interrupted, resolve } = Promise.withResolvers<undefined>();
  let isTold = false;
  const stop = (): void => {
    if (!isTold) onInterrupt();
    isTold = true;
    resolve(undefined);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await Promise.race([body, interrupted]);
  } finally {
    const release = (): void => {
      for (const signal of signals) process.off(signal, stop);
    };
    setTimeout(release, ECHO_MS).unref();
  }
}
