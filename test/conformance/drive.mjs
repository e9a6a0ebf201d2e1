/** Drives one compiled program: suspends where asked, and at each suspension turns the continuation into bytes and back. */

const RESUME_NEXT = 0;

/**
 * @param realm what `realm.ts` exports, in the realm of the program
 * @param main the program's main function
 * @param options.suspend `always`, `never`, `k/phase` for every k-th possible suspension, or `first:n,then:k` for the first n and then every k-th
 * @param options.isCapturable whether the stack it is called on can be captured
 * @returns how often the program suspended, how often it could not because foreign code was on the stack, and the program's result. Throws what the program
 * throws.
 */
export function drive(realm, main, { suspend, isCapturable }) {
  const counts = { suspensions: 0, declined: 0 };
  const decide = chooser(suspend);
  realm.decidePauses(() => {
    if (!decide()) return false;
    const allowed = isCapturable();
    if (!allowed) counts.declined++;
    return allowed;
  });
  const execution = new realm.Execution({});
  const strand = { frames: [] };
  const heap = new Heap();
  let rest = realm.startStrand(execution, strand, main, []);
  while (rest.kind === "waits") {
    counts.suspensions++;
    const bytes = encode(strand.frames, heap);
    strand.frames = [];
    strand.frames = decode(bytes, heap, realm);
    rest = realm.resumeStrand(execution, strand, RESUME_NEXT, undefined);
  }
  if (rest.kind !== "returned") throw rest.error;
  return { ...counts, value: rest.value };
}

function chooser(suspend) {
  if (suspend === "always") return () => true;
  if (suspend === "never") return () => false;
  let count = -1;
  const dense = /^first:(\d+),then:(\d+)$/.exec(suspend);
  if (dense) {
    const [first, then] = dense.slice(1).map(Number);
    return () => ++count < first || count % then === 0;
  }
  const [every, phase = 0] = suspend.split("/").map(Number);
  return () => ++count % every === phase % every;
}

/** Objects of the realm stay where they are: a checkpoint refers to them by number. */
class Heap {
  numbers = new Map();
  objects = [];
  numberOf(object) {
    let number = this.numbers.get(object);
    if (number === undefined) {
      number = this.objects.push(object) - 1;
      this.numbers.set(object, number);
    }
    return number;
  }
}

function encode(frames, heap) {
  const rows = frames.map(({ code, point, slots, self }) => ({
    code: code.id,
    point,
    self: encodeValue(self, heap),
    slots: Object.entries(slots).map(([name, value]) => [name, encodeValue(value, heap)]),
  }));
  return Buffer.from(JSON.stringify(rows));
}

function decode(bytes, heap, realm) {
  return JSON.parse(bytes.toString()).map(({ code, point, self, slots }) => {
    const values = Object.fromEntries(slots.map(([name, value]) => [name, decodeValue(value, heap)]));
    return new realm.Frame(realm.codeById(code), point, values, decodeValue(self, heap));
  });
}

function encodeValue(value, heap) {
  switch (typeof value) {
    case "undefined":
      // `document.all` and its like are objects all the same.
      return value === undefined ? ["u"] : ["h", heap.numberOf(value)];
    case "boolean":
      return ["b", value];
    case "number":
      return ["n", Object.is(value, -0) ? "-0" : String(value)];
    case "bigint":
      return ["i", String(value)];
    case "string":
      // JSON escapes a surrogate that stands alone, so any string survives.
      return ["s", value];
    default:
      return value === null ? ["0"] : ["h", heap.numberOf(value)];
  }
}

function decodeValue([kind, data], heap) {
  switch (kind) {
    case "u":
      return undefined;
    case "b":
    case "s":
      return data;
    case "n":
      return Number(data);
    case "i":
      return BigInt(data);
    case "0":
      return null;
    default:
      return heap.objects[data];
  }
}
