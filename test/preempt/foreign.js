/** Calls `f` with its other arguments. @type {(f: any, ...args: unknown[]) => number} */
export const call = (f, ...args) => f(...args);
