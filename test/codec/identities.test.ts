/** Objects of large images keep their identity, whichever way their numbers are found. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { expectAnother, Identities, type Identity, Sort } from "../../src/runtime/codec/identities.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { ImageWriter } from "../../src/runtime/codec/parts/writer.js";
import { graphs, inside } from "./graphs.js";
import { difference } from "./isomorphic.js";

/** As if a large image had been written. */
const expectLarge = (): void => expectAnother(100_000);
const expectSmall = (): void => expectAnother(0);
/** So many that most are met after the Set was made. */
const MANY = 6_000;
const many = <T>(make: (i: number) => T, count = MANY): T[] => Array.from({ length: count }, (_, i) => make(i));

beforeEach(expectSmall);

/** What nobody looks for. */
const HIDDEN = {};

/** Identities beside a Map, which must agree with them. */
class Model {
  readonly nodes: (Identity | undefined)[] = [];
  readonly sorts: Sort[] = [];
  readonly numbers = new Map<Identity, number>();
  readonly identities = new Identities(this.nodes, (id) => this.sorts[id]!);

  find(value: Identity): number {
    const found = this.identities.find(value, this.nodes.length);
    expect(found).toBe(this.numbers.get(value) ?? -1);
    return found;
  }

  add(value: Identity, sort: Sort): void {
    const id = this.nodes.push(value) - 1;
    this.sorts.push(sort);
    this.numbers.set(value, id);
    this.identities.add(value, id, sort);
  }

  hide(value: Identity): void {
    const id = this.numbers.get(value)!;
    this.identities.hide(id, value);
    this.nodes[id] = HIDDEN;
    this.numbers.delete(value);
  }

  reset(): void {
    this.identities.reset(this.nodes.length);
    this.nodes.length = this.sorts.length = 0;
    this.numbers.clear();
  }
}

describe("identities", () => {
  for (const sorts of [1, 5, 100]) {
    for (const expectOne of [expectSmall, expectLarge]) {
      it(`of ${sorts} sorts agree with a Map, ${expectOne === expectLarge ? "many" : "few"} expected`, () => {
        const next = randomFrom(sorts);
        const model = new Model();
        const kinds = many(() => new Sort(), sorts);
        // The tables are used again for the next image.
        for (let image = 0; image < 4; image++) {
          expectOne();
          walk(model, kinds, next);
          model.reset();
        }
      });
    }
  }
});

/** Objects of the first half of the sorts are met again, now and then one is added that nobody looked for, or looked for and not added. */
function walk(model: Model, kinds: readonly Sort[], next: (limit: number) => number): void {
  const strays: Identity[] = [];
  while (model.nodes.length < MANY) {
    const chance = next(20);
    const there = model.nodes[next(model.nodes.length + 1)];
    const known = there === HIDDEN ? undefined : there;
    const kind = next(kinds.length);
    if (chance === 0) model.add({}, kinds[kind]!);
    else if (chance === 1) strays.push({});
    else if (chance === 2 && strays.length > 0) model.find(strays[next(strays.length)]!);
    else if (chance === 3 && known !== undefined && next(50) === 0) model.hide(known);
    else if (chance < 10 && known !== undefined && (kind <= kinds.length / 2 || next(100) === 0)) model.find(known);
    else {
      const value = chance === 19 ? Symbol("a") : {};
      expect(model.find(value)).toBe(-1);
      model.add(value, kinds[kind]!);
    }
  }
  // All of them, at last.
  for (const [value] of model.numbers) model.find(value);
}

describe("an image", () => {
  it("has the same bytes and gives the same graph whether a large one was expected or not", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const [lists] = fc.sample(fc.array(graphs, { minLength: 12, maxLength: 30 }), { seed, numRuns: 1 });
      // What is met again late was first met early, and of many sorts.
      const root = [lists, many((i) => ({ i, [`key ${i % 40}`]: [lists![i % lists!.length]] })), lists];
      expectSmall();
      const plainly = encode(root);
      for (let time = 0; time < 2; time++) {
        expectLarge();
        expect(Buffer.compare(encode(root), plainly), `seed ${seed}`).toBe(0);
      }
      expect(difference(root, decode(plainly), inside), `seed ${seed}`).toBeUndefined();
    }
  });

  it("keeps what is met again when it was one of thousands", () => {
    const objects = many((id) => ({ id }));
    const arrays = many((i) => [i]);
    const dates = many((i) => new Date(i));
    const root = {
      objects,
      arrays,
      dates,
      again: [objects.at(-1), arrays[2], dates[4_000], objects[5], arrays.at(-1), dates.at(-1)],
    };
    expectLarge();
    const back = decode(encode(root)) as typeof root;
    expect(back.again[0]).toBe(back.objects.at(-1));
    expect(back.again[1]).toBe(back.arrays[2]);
    expect(back.again[2]).toBe(back.dates[4_000]);
    expect(back.again[3]).toBe(back.objects[5]);
    expect(back.again[4]).toBe(back.arrays.at(-1));
    expect(back.again[5]).toBe(back.dates.at(-1));
    expect(difference(root, back)).toBeUndefined();
  });

  it("keeps a symbol, a pooled buffer and the key of a WeakMap among thousands", () => {
    const key = { key: true };
    const symbol = Symbol.for("kind");
    const pooled = Buffer.from("pooled");
    const root = {
      objects: many((id) => ({ id })),
      weak: new WeakMap([[key, "value"]]),
      symbols: [symbol, symbol],
      views: [pooled, Buffer.from("beside"), pooled.buffer, pooled.buffer],
      key,
    };
    expectSmall();
    const plainly = encode(root);
    expectLarge();
    const bytes = encode(root);
    expect(Buffer.compare(bytes, plainly)).toBe(0);
    const back = decode(bytes) as typeof root;
    expect(back.weak.get(back.key)).toBe("value");
    expect(back.symbols[0]).toBe(back.symbols[1]);
    expect(back.views[2]).toBe(back.views[3]);
    expect((back.views[0] as Buffer).buffer).toBe(back.views[2]);
  });

  it("lets go of what it was made of", async () => {
    expectLarge();
    const refs = (() => {
      const objects = many((id) => ({ id }));
      encode(objects);
      return [objects[0]!, objects[100]!, objects.at(-1)!].map((object) => new WeakRef(object));
    })();
    await new Promise((resolve) => setTimeout(resolve));
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined]);
  });
});

describe("parts of a large image", () => {
  it("refer to objects of all sorts that were written before", () => {
    const kinds = 50;
    // Each sort has keys of its own.
    const objects = many((i) => ({ i, [`key ${i % kinds}`]: i }), 20_000);
    const root = { objects, arrays: many((i) => [i]), again: [] as unknown[] };
    const writer = new ImageWriter();
    const image = writer.write(root).bytes.slice();
    const parts: Uint8Array[] = [];
    for (let i = 0; i < 2 * kinds; i++) {
      root.again.push(objects[19_000 - i], root.arrays[i], { new: objects[i] });
      const written = writer.write(root);
      expect(written.kind).toBe("part");
      parts.push(written.bytes);
    }
    const back = decode(image, parts) as typeof root;
    expect(back.again[0]).toBe(back.objects[19_000]);
    expect(difference(root, back)).toBeUndefined();
  });
});

function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
