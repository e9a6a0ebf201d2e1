/** What schedules start. */
import { sleep } from "flowc";
import { act, Lane } from "./outside.ts";

export interface Tick {
  readonly schedule: string;
  readonly restMs: number;
}

export function tick({ schedule, restMs }: Tick): string {
  const lane = new Lane(simSelf(), "main");
  lane.mark("begin");
  const answer = act(lane.label(), schedule);
  sleep(restMs);
  lane.mark("end");
  return answer;
}
