/** What `program.ts` imports as a namespace. */
export const answer = 42;
