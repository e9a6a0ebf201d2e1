/** When images are written whole and when in parts, and what is put aside. */
import { describe, expect, it } from "vitest";
import { BLOB_SIZE, CHUNK_BYTES } from "../../src/runtime/codec/blobs.js";
import { registerCodec } from "../../src/runtime/codec/custom.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { ImageWriter, type Written } from "../../src/runtime/codec/parts/writer.js";
import { CorruptCheckpointError } from "../../src/shared/errors.js";

/** What a store holds after the commits of one run. */
class Stored {
  image = new Uint8Array();
  parts: Uint8Array[] = [];
  readonly blobs = new Map<string, Uint8Array>();

  commit({ kind, bytes, blobs, refers }: Written): Written["kind"] {
    for (const blob of blobs) this.blobs.set(blob.id, blob.bytes);
    if (kind === "part") this.parts.push(bytes);
    else {
      [this.image, this.parts] = [bytes.slice(), []];
      for (const id of this.blobs.keys()) if (!refers.includes(id)) this.blobs.delete(id);
    }
    return kind;
  }

  get bytes(): number {
    return [this.image, ...this.parts].reduce((sum, part) => sum + part.length, 0);
  }

  load(): unknown {
    return decode(this.image, this.parts, this.blobs);
  }
}

const items = (count: number): { id: number; name: string }[] =>
  Array.from({ length: count }, (_, id) => ({ id, name: `item ${id}` }));

describe("an image", () => {
  it("is written whole while it is small", () => {
    const root = { n: 0 };
    const writer = new ImageWriter();
    const stored = new Stored();
    for (; root.n < 5; root.n++) expect(stored.commit(writer.write(root))).toBe("image");
  });

  it("is written in parts once it is large, and whole when the parts have grown as large", () => {
    const root = { items: items(5_000) };
    const writer = new ImageWriter();
    const stored = new Stored();
    expect(stored.commit(writer.write(root))).toBe("image");
    const whole = stored.bytes;
    let images = 0;
    for (let i = 0; i < 2_000; i++) {
      for (let j = 0; j < 20; j++) root.items[(i * 31 + j) % 5_000] = { id: i, name: `a new item ${i} ${j}` };
      if (stored.commit(writer.write(root)) === "image") images++;
      expect(stored.bytes).toBeLessThan(5 * whole);
    }
    expect(images).toBeGreaterThan(2);
    expect(images).toBeLessThan(60);
    expect(Buffer.from(encode(stored.load())).equals(encode(root))).toBe(true);
  });

  it("is written whole again when it has become small", () => {
    const root: { items: unknown[] } = { items: items(5_000) };
    const writer = new ImageWriter();
    writer.write(root);
    root.items = [];
    const kinds = Array.from({ length: 400 }, () => (root.items.push(1), writer.write(root).kind));
    expect(kinds.at(-1)).toBe("image");
  });

  it("is whole after a refusal, which says where the culprit is", () => {
    const root: { items: { id: unknown }[] } = { items: items(5_000) };
    const writer = new ImageWriter();
    const stored = new Stored();
    stored.commit(writer.write(root));
    root.items[7]!.id = Promise.resolve();
    expect(() => writer.write(root)).toThrow(/items\[7\]\.id/);
    root.items[7]!.id = 7;
    expect(stored.commit(writer.write(root))).toBe("image");
    expect(Buffer.from(encode(stored.load())).equals(encode(root))).toBe(true);
  });
});

/** A class of a package, whose instances change. */
class Tally {
  readonly #of: { n: number };
  constructor(n: number) {
    this.#of = { n };
  }
  add(): void {
    this.#of.n++;
  }
  get n(): number {
    return this.#of.n;
  }
}
registerCodec(Tally, { name: "tally", version: 1, encode: (tally) => [tally.n], decode: ([n]) => new Tally(n!) });

describe("values that only their codec can look into", () => {
  it("are saved as they are now, however large the rest is", () => {
    const root: { items: unknown[]; tally: Tally | undefined; more: Tally[] } = {
      items: items(5_000),
      tally: undefined,
      more: [],
    };
    const writer = new ImageWriter();
    const stored = new Stored();
    stored.commit(writer.write(root));
    const check = (): void => {
      stored.commit(writer.write(root));
      const back = stored.load() as typeof root;
      expect([back.tally?.n, back.more.map(({ n }) => n)]).toEqual([root.tally?.n, root.more.map(({ n }) => n)]);
    };
    root.tally = new Tally(1);
    check();
    root.tally.add();
    check();
    root.more.push(root.tally, new Tally(7));
    check();
    root.more[1]!.add();
    check();
  });
});

describe("what is large", () => {
  const LATIN = "é".repeat(BLOB_SIZE);
  const WIDE = "\ud83d".repeat(BLOB_SIZE);

  it("is kept outside the image, once", () => {
    const root = { a: LATIN, b: [LATIN, WIDE], data: new Uint8Array(1_000_000).fill(1), n: 0 };
    const writer = new ImageWriter();
    const stored = new Stored();
    stored.commit(writer.write(root));
    expect(stored.bytes).toBeLessThan(500);
    for (; root.n < 20; root.n++) {
      const written = writer.write(root);
      expect([written.bytes.length < 500, written.blobs.length]).toEqual([true, 0]);
      stored.commit(written);
    }
    root.n = 19;
    expect(stored.load()).toEqual(root);
  });

  it("costs a chunk when a byte of a buffer changes", () => {
    const root = { data: new Uint8Array(4 * CHUNK_BYTES).map((_, i) => i >> 10) };
    const writer = new ImageWriter();
    const stored = new Stored();
    stored.commit(writer.write(root));
    root.data[2 * CHUNK_BYTES + 5] = 99;
    const written = writer.write(root);
    expect([written.kind, written.blobs.map((blob) => blob.bytes.length)]).toEqual(["part", [CHUNK_BYTES]]);
    stored.commit(written);
    expect(stored.load()).toEqual(root);
  });

  it("is given back when nothing refers to it", () => {
    const root: { a: string } = { a: LATIN };
    const writer = new ImageWriter();
    const stored = new Stored();
    stored.commit(writer.write(root));
    root.a = "";
    for (let i = 0; i < 600; i++) stored.commit(writer.write(root));
    expect(stored.blobs.size).toBe(0);
    root.a = LATIN;
    stored.commit(writer.write(root));
    expect(stored.load()).toEqual(root);
  });

  it("is not written again by whoever takes the run over", () => {
    const root = { a: LATIN };
    const [written] = [new ImageWriter().write(root)];
    expect(new ImageWriter(written.refers).write(root).blobs).toEqual([]);
  });

  it("has to be there", () => {
    const { bytes } = new ImageWriter().write({ a: LATIN });
    expect(() => decode(bytes)).toThrow(CorruptCheckpointError);
    expect(() => decode(bytes, [], new Map())).toThrow(/blob [0-9a-f]{64} is missing/);
  });
});
