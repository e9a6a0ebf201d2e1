/** Returns its argument from a constructor, so that a derived class can add a private field to any object. */
export const Identity = function (target: object): object {
  return target;
} as unknown as new (target: object) => object;
