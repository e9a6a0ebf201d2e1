/** Values that no checkpoint can hold exactly: each is refused by name. */
import { openAsBlob } from "node:fs";
import { createServer, Socket } from "node:net";
import { Readable } from "node:stream";

class Foreign {
  handle = 1;
}

const ofFile = await openAsBlob(import.meta.filename);

/** Some of these belong to the process until they are closed; nothing here is opened. */
export const refused: readonly (readonly [name: string, make: () => unknown])[] = [
  ["Promise", () => Promise.resolve(1)],
  ["FinalizationRegistry", () => new FinalizationRegistry(() => undefined)],
  ["SharedArrayBuffer", () => new SharedArrayBuffer(8)],
  ["view of a SharedArrayBuffer", () => new Uint8Array(new SharedArrayBuffer(8))],
  ["ArrayBuffer that was transferred", () => transferred()],
  ["Blob of a file", () => ofFile],
  ["Request", () => new Request("http://x/")],
  ["Response", () => new Response("a")],
  ["FormData", () => new FormData()],
  ["Headers of a response", () => Response.error().headers],
  ["AbortSignal that somebody listens to", () => listened()],
  ["AbortSignal with a timer", () => AbortSignal.timeout(1_000)],
  ["AbortSignal of other signals", () => AbortSignal.any([new AbortController().signal])],
  ["Event", () => new Event("x")],
  ["EventTarget", () => new EventTarget()],
  ["TextDecoder", () => new TextDecoder()],
  ["TextEncoder", () => new TextEncoder()],
  ["Intl.NumberFormat", () => new Intl.NumberFormat("de")],
  ["Intl.DateTimeFormat", () => new Intl.DateTimeFormat("de")],
  ["Intl.Collator", () => new Intl.Collator("de")],
  ["Intl.Locale", () => new Intl.Locale("de")],
  ["DisposableStack", () => new (globalThis as unknown as Record<string, new () => object>)["DisposableStack"]!()],
  ["Socket", () => new Socket()],
  ["Server", () => createServer()],
  ["stream", () => Readable.from([])],
  ["web stream", () => new ReadableStream()],
  ["instance of a class that is not compiled", () => new Foreign()],
  ["class that is not compiled", () => Foreign],
  ["function that is not compiled", () => function foreign(): void {}],
  ["bound function that other code made", () => Foreign.bind(null)],
  ["function of the platform that no global names", () => process.cwd],
  ["Proxy that other code made", () => new Proxy({}, {})],
  [
    "generator that other code made",
    () =>
      (function* () {
        yield 1;
      })(),
  ],
  [
    "async generator",
    () =>
      (async function* () {
        yield 1;
      })(),
  ],
  ["iterator of an array that other code made", () => [1].values()],
  ["iterator of a Map that other code made", () => new Map().entries()],
  ["iterator of `matchAll` that other code made", () => "a".matchAll(/a/g)],
  ["iterator helper that other code made", () => [1].values().map((n) => n)],
  ["unique symbol that other code made", () => Symbol("mine")],
  ["module namespace of a foreign import", () => namespace],
  [
    "object with a getter that is not compiled",
    () => ({
      get value() {
        return 1;
      },
    }),
  ],
];

const namespace: unknown = await import("node:path");

function transferred(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function listened(): AbortSignal {
  const { signal } = new AbortController();
  signal.addEventListener("abort", () => undefined);
  return signal;
}
