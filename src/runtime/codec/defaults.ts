/**
 * Proofs that an object consists of default data properties alone (writable, enumerable, configurable, string keys) and is extensible, so that a list of
 * values is all there is to save. They look at descriptors, because reading a property could call a getter. Of all ways to find this out these
 * calls were the cheapest: V8 answers each without leaving generated code while the object has no oddities, about 25 ns a property.
 */
const getOwnPropertyDescriptor = Object.getOwnPropertyDescriptor;
const getOwnPropertyNames = Object.getOwnPropertyNames;
const getOwnPropertySymbols = Object.getOwnPropertySymbols;
const isExtensible = Object.isExtensible;

/** The own keys of such an object, `undefined` when it is not one. */
export function defaultKeys(value: object): readonly string[] | undefined {
  const names = getOwnPropertyNames(value);
  for (let i = 0; i < names.length; i++) {
    if (!isDefault(getOwnPropertyDescriptor(value, names[i]!)!)) return undefined;
  }
  return getOwnPropertySymbols(value).length === 0 && isExtensible(value) ? names : undefined;
}

/** Whether an array consists of such elements and nothing else. Holes are fine while they are few. */
export function isDefaultArray(array: readonly unknown[]): boolean {
  if (!isExtensible(array) || getOwnPropertySymbols(array).length !== 0) return false;
  const length = array.length;
  const names = getOwnPropertyNames(array).length - 1;
  if (length > 2 * names + 16) return false;
  let elements = 0;
  for (let i = 0; i < length; i++) {
    const descriptor = getOwnPropertyDescriptor(array, i);
    if (descriptor === undefined) continue;
    if (!isDefault(descriptor)) return false;
    elements++;
  }
  return elements === names && getOwnPropertyDescriptor(array, "length")!.writable === true;
}

function isDefault({ writable, enumerable, configurable }: PropertyDescriptor): boolean {
  return writable === true && enumerable === true && configurable === true;
}
