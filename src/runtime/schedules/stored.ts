/** A schedule as the store keeps it, and as it is worked with. */
import { UsageError } from "../../shared/errors.js";
import type { StoredSchedule } from "../store/store.js";
import type { Definition, State } from "./plan.js";

export interface ScheduleRecord {
  readonly name: string;
  readonly workflow: string;
  readonly version: string;
  readonly dueAt: number | undefined;
  readonly definition: Definition;
  readonly state: State;
  readonly args: Uint8Array;
}

/** Grows when the meaning of a field changes. */
const FORMAT = 1;

interface Text {
  readonly format: number;
  readonly definition: Definition;
  readonly state: State;
}

export function toStored({ definition, state, ...rest }: ScheduleRecord): StoredSchedule {
  return { ...rest, definition: JSON.stringify({ format: FORMAT, definition, state } satisfies Text) };
}

/** Throws UsageError for one that a newer flowc has written. */
export function fromStored({ definition: text, ...rest }: StoredSchedule): ScheduleRecord {
  const { format, definition, state } = JSON.parse(text) as Text;
  if (format !== FORMAT)
    throw new UsageError(
      `schedule ${rest.name} was written in format ${format}; this version of flowc reads ${FORMAT}. Use the newer one.`,
    );
  return { ...rest, definition, state };
}
