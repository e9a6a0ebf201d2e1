/** Blobs and files: what they hold comes back, whatever part of which other Blob it is. */
import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { codec } from "../../src/runtime/checkpoint.js";
import { NotSaveableError } from "../../src/shared/errors.js";

const copy = <T>(value: T): T => decode(encode(value)) as T;

test("a Blob of several pieces, and a part of it", async () => {
  const blob = new Blob(["one ", new Uint8Array([0xe2, 0x82, 0xac]), new Blob([" two"])], { type: "text/plain" });
  const { whole, part } = copy({ whole: blob, part: blob.slice(4, 9, "text/x") });
  expect(await whole.text()).toBe("one € two");
  expect([await part.text(), part.type]).toEqual(["€ t", "text/x"]);
  expect(await copy(whole).text()).toBe("one € two");
});

test("a File, empty and not, and one whose class the program extends by properties", async () => {
  const file = Object.assign(new File(["content"], "a b.txt", { type: "text/css", lastModified: 5 }), { note: 1 });
  const again = copy(file);
  expect(again).toBeInstanceOf(File);
  expect([again.name, again.type, again.lastModified, again.note, await again.text()]).toEqual([
    "a b.txt",
    "text/css",
    5,
    1,
    "content",
  ]);
  expect(copy(new Blob([])).size).toBe(0);
});

test("its bytes do not depend on how it came about", () => {
  expect(encode(new Blob(["a", "bc"]))).toEqual(encode(new Blob(["abc"])));
  expect(encode(copy(new Blob(["abc"])))).toEqual(encode(new Blob(["abc"])));
});

test("a large one is kept in chunks beside the image, once", async () => {
  const bytes = new Uint8Array(1_000_000).map((_, at) => at * 31);
  const writer = codec.writer([]);
  const written = writer.write({ blob: new Blob([bytes]) } as never, []);
  expect(written.bytes.length).toBeLessThan(1_000);
  const blobs = new Map(written.blobs.map(({ id, bytes: contents }) => [id, contents]));
  const { blob } = codec.decode(written.bytes, [], blobs) as { blob: Blob };
  expect(Buffer.from(await blob.arrayBuffer()).equals(bytes)).toBe(true);
});

test("one of a file is refused: Node lends its bytes to no other thread", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "flowc-blob-"));
  try {
    await writeFile(path.join(folder, "a.txt"), "on the disk");
    const blob = await openAsBlob(path.join(folder, "a.txt"));
    expect(() => encode({ blob })).toThrow(NotSaveableError);
    expect(() => encode({ blob })).toThrow(
      /its? .*\.blob.* a Blob whose bytes cannot be read now|a Blob whose bytes cannot be read now/,
    );
    // The reader goes on with the next one.
    expect(await copy(new Blob(["after it"])).text()).toBe("after it");
  } finally {
    await rm(folder, { recursive: true });
  }
});
