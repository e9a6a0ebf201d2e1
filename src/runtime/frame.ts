import type { Code, FrameShape } from "../shared/abi.js";

/** One suspended activation. The innermost frame of a strand waits for the world, every other one for the frame above it. */
export class Frame implements FrameShape {
  constructor(
    readonly code: Code,
    readonly point: number,
    readonly slots: Readonly<Record<string, unknown>>,
    readonly self: unknown,
  ) {}
}
