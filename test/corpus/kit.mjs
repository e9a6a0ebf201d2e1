/** What the programs share. It is bundled and compiled with them. */

/** What a call gives, or the error it throws, as text. */
export function attempt(run) {
  try {
    return run();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

/** A source of numbers from 0 to 1 that is the same each time. */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
