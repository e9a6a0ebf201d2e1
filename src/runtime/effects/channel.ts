import { UsageError } from "../../shared/errors.js";
import { registerValue } from "../registry.js";
import { primitive, runPort, suspend } from "../suspend.js";
import { milliseconds, type Duration } from "./duration.js";

/** How long to wait for a message. */
export interface ReceiveOptions {
  /** `receive` answers `undefined` when no message came within this time. */
  readonly timeout: Duration;
}

/**
 * Messages from outside, by name: `flow.run(id).send(Approval, true)` or `flowc send <run> approval true`. Every run has its own mailbox per name;
 * messages are received in the order they were sent, also those sent before anybody waited.
 */
export class Channel<T> {
  constructor(readonly name: string) {}

  /** Waits for the next message. With a timeout: answers `undefined` when none came in time. */
  receive(): T;
  receive(options: ReceiveOptions): T | undefined;
  receive(options?: ReceiveOptions): T | undefined {
    const timeout =
      options?.timeout === undefined ? undefined : milliseconds(options.timeout, `receive on channel "${this.name}": timeout`);
    const taken = runPort("receive").take(this.name);
    if (taken !== undefined) return taken.value as T;
    return suspend("receive", { kind: "receive", channel: this.name, timeout, deadline: undefined, since: 0 }) as never;
  }

  /** The next message if one is here already, `undefined` otherwise. Does not wait. */
  tryReceive(): T | undefined {
    return runPort("tryReceive").take(this.name)?.value as T | undefined;
  }
}

registerValue("flowc:Channel.prototype", Channel.prototype);
registerValue("flowc:Channel.receive", primitive(Channel.prototype.receive));
registerValue("flowc:Channel.tryReceive", Channel.prototype.tryReceive);

/** A handle to the channel of that name. Handles of one name are the same channel. Throws UsageError for an empty name. */
export function channel<T>(name: string): Channel<T> {
  if (typeof name !== "string" || name === "") throw new UsageError('channel() takes a name: channel<boolean>("approval").');
  return new Channel<T>(name);
}
