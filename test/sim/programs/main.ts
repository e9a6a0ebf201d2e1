/** The programs of the simulation. */
export { inbox, type InboxPlan } from "./inbox.ts";
export type { Op } from "./ops.ts";
export { saga, type Trip, type TripResult } from "./saga.ts";
export { script } from "./script.ts";
export type { Result } from "./shared.ts";
export { tick, type Tick } from "./tick.ts";
