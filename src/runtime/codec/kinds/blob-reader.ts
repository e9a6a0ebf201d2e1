/**
 * Reads a Blob at once. The platform only lends out the bytes of a Blob asynchronously, and a checkpoint is written between two statements of the program, so another
 * thread reads while this one waits:
 *
 *     this thread   postMessage(blob) ── Atomics.wait ─────────────────── receiveMessageOnPort
 *     the reader         └────────────── await blob.arrayBuffer() ── Atomics.notify ──┘
 *
 * The first Blob of a process costs the start of that thread, some 40 ms; it keeps no process alive.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";

const READER = `
const { port, signal } = require("node:worker_threads").workerData;
port.on("message", async (blob) => {
  try {
    const bytes = await blob.arrayBuffer();
    port.postMessage({ bytes }, [bytes]);
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});
`;

/** A Blob in memory is there at once, one of a file takes a disk's time. */
const PATIENCE_MS = 30_000;

interface Reader {
  readonly port: MessagePort;
  /** Counts the answers. */
  readonly signal: Int32Array<SharedArrayBuffer>;
}
type Answer = { readonly bytes: ArrayBuffer } | { readonly error: string };

let reader: Reader | undefined;
/** A Blob never changes. */
const known = new WeakMap<Blob, Uint8Array>();

/** The bytes of `blob`, not to be changed. Throws an error that says why they cannot be read: Node lends those of a file to nobody else, for one. */
export function bytesOf(blob: Blob): Uint8Array {
  let bytes = known.get(blob);
  if (bytes === undefined) {
    bytes = read(blob);
    known.set(blob, bytes);
  }
  return bytes;
}

/** Notes what a Blob was made of. */
export function madeOf(blob: Blob, bytes: Uint8Array): void {
  known.set(blob, bytes);
}

function read(blob: Blob): Uint8Array {
  reader ??= started();
  const { port, signal } = reader;
  const before = Atomics.load(signal, 0);
  port.postMessage(blob);
  const isInTime = Atomics.wait(signal, 0, before, PATIENCE_MS) !== "timed-out";
  const answer: Answer | undefined = receiveMessageOnPort(port)?.message;
  if (!isInTime || answer === undefined) {
    // Its answer, should it come, would be taken for that of the next one.
    port.close();
    reader = undefined;
    throw new Error(`it took longer than ${PATIENCE_MS / 1_000} s`);
  }
  if ("error" in answer) throw new Error(answer.error);
  return new Uint8Array(answer.bytes);
}

function started(): Reader {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(READER, { eval: true, workerData: { port: port2, signal }, transferList: [port2] });
  thread.unref();
  port1.unref();
  return { port: port1, signal };
}
