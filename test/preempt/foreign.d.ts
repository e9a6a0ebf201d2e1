/** Calls `f` with its other arguments. */
export declare function call(f: unknown, ...args: unknown[]): number;
