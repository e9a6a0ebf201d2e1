/** The symbols of the language, in the order of their numbers in checkpoints: append only. */
const WELL_KNOWN: readonly symbol[] = [
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.hasInstance,
  Symbol.isConcatSpreadable,
  Symbol.match,
  Symbol.matchAll,
  Symbol.replace,
  Symbol.search,
  Symbol.species,
  Symbol.split,
  Symbol.toPrimitive,
  Symbol.toStringTag,
  Symbol.unscopables,
  Symbol.dispose,
  Symbol.asyncDispose,
];

export function symbolNumber(symbol: symbol): number | undefined {
  const index = WELL_KNOWN.indexOf(symbol);
  return index < 0 ? undefined : index;
}

export function symbolByNumber(number: number): symbol | undefined {
  return WELL_KNOWN[number];
}
