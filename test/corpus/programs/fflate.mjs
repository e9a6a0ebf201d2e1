/** Compression: deflate, gzip, zlib and zip archives, at once and as streams. */
import * as fflate from "fflate";
import { attempt, numbers } from "../kit.mjs";

export default function main() {
  const text = sample(900);
  const data = fflate.strToU8(text);
  return {
    levels: [0, 1, 6, 9].map((level) => round(fflate.deflateSync(data, { level }), fflate.inflateSync, text)),
    gzip: round(fflate.gzipSync(data, { mtime: 0, filename: "a.txt" }), fflate.gunzipSync, text),
    zlib: round(fflate.zlibSync(data, { level: 4 }), fflate.decompressSync, text),
    dictionary: round(
      fflate.zlibSync(data, { dictionary: data.slice(0, 200) }),
      (bytes) => fflate.unzlibSync(bytes, { dictionary: data.slice(0, 200) }),
      text,
    ),
    archive: archive(data),
    streamed: streamed(data, text),
    errors: [
      attempt(() => fflate.inflateSync(new Uint8Array([7, 1, 2, 3]))),
      attempt(() => fflate.gunzipSync(new Uint8Array([1, 2, 3]))),
      attempt(() => fflate.unzlibSync(fflate.zlibSync(data).slice(0, 30))),
      attempt(() => fflate.unzipSync(data)),
      attempt(() => fflate.zipSync({ "a.txt": [data, { level: 6, mtime: "1900-01-01" }] })),
    ],
    latin: [
      fflate.strFromU8(fflate.strToU8("\u00e9\u00ff", true), true),
      [...fflate.strToU8("é€😀")],
      fflate.strFromU8(fflate.strToU8("é€😀")),
    ],
  };
}

function round(bytes, inflate, text) {
  return [bytes.length, hash(bytes), fflate.strFromU8(inflate(bytes)) === text];
}

function archive(data) {
  const files = {
    "a.txt": data.slice(0, 300),
    folder: { "b.bin": [data.slice(300, 400), { level: 0 }], "c.txt": fflate.strToU8("see") },
  };
  const bytes = fflate.zipSync(files, { mtime: new Date(2020, 1, 2, 3, 4, 6), comment: "made here" });
  const back = fflate.unzipSync(bytes, { filter: (file) => !file.name.endsWith(".bin") });
  return [bytes.length, hash(bytes), Object.entries(back).map(([name, content]) => [name, content.length, hash(content)])];
}

function streamed(data, text) {
  const parts = [];
  const log = [];
  const inflate = new fflate.Decompress((chunk, final) => {
    parts.push(...chunk);
    log.push(`${chunk.length}${final ? "!" : ""}`);
  });
  const gzip = new fflate.Gzip({ level: 3, mtime: 0 }, (chunk, final) => inflate.push(chunk, final));
  for (let at = 0; at < data.length; at += 250) gzip.push(data.slice(at, at + 250), at + 250 >= data.length);
  const decoder = new fflate.DecodeUTF8((piece) => log.push(piece.length));
  decoder.push(new Uint8Array(parts), true);
  return [log, fflate.strFromU8(new Uint8Array(parts)) === text];
}

/** Words with repetitions. */
function sample(length) {
  const random = numbers(21);
  const words = Array.from({ length: 20 }, () => Math.floor(random() * 1e6).toString(36));
  let text = "";
  while (text.length < length) text += `${words[Math.floor(random() ** 2 * words.length)]} `;
  return text;
}

function hash(bytes) {
  return bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 16777619) >>> 0, 2166136261).toString(16);
}
