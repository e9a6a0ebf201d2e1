/** Drives one compiled program: suspends where asked, and at each suspension turns the continuation into bytes and back. */

const RESUME_NEXT = 0;

/**
 * @param realm what `realm.ts` exports, in the realm of the program
 * @param main the program's main function
 * @param options.suspend `always`, `never`, `k/phase` for every k-th possible suspension, or `first:n,then:k` for the first n and then every k-th
 * @returns how often the program suspended, and how often it could not because foreign code was on the stack. Throws what the program throws.
 */
export function drive(realm, main, { suspend, filename }) {
  const counts = { suspensions: 0, declined: 0 };
  const decide = chooser(suspend);
  realm.decidePauses(() => {
    if (!decide()) return false;
    const allowed = isCapturable(filename);
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
  return counts;
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

/** Functions of the runtime that enter code of the program and leave nothing behind when a suspension passes. */
const DOORS = new Set(["apply", "construct", "method", "startStrand", "unwind", "enterBody"]);

/** Whether every function of the program on the stack was entered by compiled code: then the whole stack can be captured. */
function isCapturable(filename) {
  const before = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  Error.prepareStackTrace = (_, sites) => sites;
  Error.stackTraceLimit = Infinity;
  const holder = {};
  Error.captureStackTrace(holder, isCapturable);
  const sites = holder.stack;
  Error.prepareStackTrace = before;
  Error.stackTraceLimit = limit;
  for (let index = 0; index < sites.length; index++) {
    const name = sites[index].getFunctionName();
    if (name === "startStrand" || name === "unwind") return true;
    const file = sites[index].getFileName();
    if (file === null || file === undefined) return false;
    if (file === filename && !DOORS.has(sites[index + 1]?.getFunctionName())) { const k = sites.slice(index,index+2).map(s=>s.getTypeName()+"."+s.getFunctionName()+":"+s.getLineNumber()).join(" < "); (globalThis.why??=new Map()).set(k,(globalThis.why.get(k)??0)+1); return false; }
  }
  return false;
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
      return ["s", Array.from({ length: value.length }, (_, index) => value.charCodeAt(index)).join(",")];
    default:
      return value === null ? ["0"] : ["h", heap.numberOf(value)];
  }
}

function decodeValue([kind, data], heap) {
  switch (kind) {
    case "u":
      return undefined;
    case "b":
      return data;
    case "n":
      return Number(data);
    case "i":
      return BigInt(data);
    case "s":
      return data === "" ? "" : String.fromCharCode(...data.split(",").map(Number));
    case "0":
      return null;
    default:
      return heap.objects[data];
  }
}
