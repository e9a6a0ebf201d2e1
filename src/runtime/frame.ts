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

/** ``checkout at src/checkout.ts:12 (`sleep("3 days")`)`` */
export function placeOf(frame: Frame): string {
  const { name, module, points } = frame.code;
  const point = points?.[frame.point];
  return point ? `${name} at ${module}:${point[0]} (\`${point[2]}\`)` : `${name} in ${module}`;
}
