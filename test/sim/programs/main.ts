/** The programs of the simulation. */
export { inbox, type InboxPlan } from "./inbox.ts";
export { saga, type Trip, type TripResult } from "./saga.ts";
export { script, type Op, type Result } from "./script.ts";
