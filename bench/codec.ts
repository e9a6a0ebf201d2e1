/** Checkpoints against `node:v8` and the serializers programs use, on one graph of 5,000 orders with cycles, Map, Set, Date and bigint. */
import v8 from "node:v8";
import { Encoder as Cbor } from "cbor-x";
import * as devalue from "devalue";
import { Packr } from "msgpackr";
import { decode, encode } from "../dist/runtime/codec/index.js";
import { $module, $tag } from "../dist/runtime/registry.js";
import { ABI_VERSION } from "../dist/shared/abi.js";
import { difference } from "../test/codec/isomorphic.ts";
import { Cart, five, Money, oddities, orders } from "./graphs.ts";
import { heading, ratio, report, time } from "./lib.ts";

/** Makes a closure that captures its argument. */
type Nest = (inner: unknown) => () => unknown;

interface Library {
  readonly name: string;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const packr = new Packr({ structuredClone: true, moreTypes: true, useBigIntExtension: true });
const cbor = new Cbor({ structuredClone: true });

const BASELINE: Library = { name: "node:v8", encode: v8.serialize, decode: v8.deserialize };
const FLOWC: Library = { name: "flowc", encode, decode };
/** Each in the mode that keeps most of a graph. */
const LIBRARIES: readonly Library[] = [
  FLOWC,
  {
    name: "devalue",
    encode: (value) => Buffer.from(devalue.stringify(value)),
    decode: (bytes) => devalue.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) as unknown,
  },
  {
    name: "msgpackr, structured clone",
    encode: (value) => packr.pack(value),
    decode: (bytes) => packr.unpack(bytes) as unknown,
  },
  {
    name: "cbor-x, structured clone",
    encode: (value) => cbor.encode(value),
    decode: (bytes) => cbor.decode(bytes) as unknown,
  },
];
const GOALS = { encode: { bound: 1.5 }, decode: { bound: 1 }, size: { bound: 0.5 } };

export function benchCodec(): void {
  const program = $module(ABI_VERSION, "bench/graphs.ts");
  program.cls("Money", Money);
  program.cls("Cart", Cart);
  const nested = program.code("nested", {
    name: "nested",
    hash: "1",
    captures: ["inner"],
    make: (inner: unknown) => () => inner,
  });
  program.bind(program.code("five", { name: "five", hash: "1" }), five);
  const graph = orders(5000);
  const baseline = v8.serialize(graph);
  heading(`5,000 orders, each figure over that of node:v8 (${(baseline.length / 1e6).toFixed(2)} MB)`);
  for (const library of LIBRARIES) compare(library, graph, baseline);
  heading("the graph that comes back");
  for (const library of [BASELINE, ...LIBRARIES]) console.log(`${library.name.padEnd(58)} ${verdict(library, graph)}`);
  heading(`${oddities().length} values besides: instances, attributes, holes, -0, errors, views of one buffer, ...`);
  for (const library of [BASELINE, ...LIBRARIES]) console.log(`${library.name.padEnd(58)} ${tally(library)}`);
  deepAndWide((inner) => $tag((nested.make as (inner: unknown) => () => unknown)(inner), nested, [inner]));
}

/** Depth that would overflow the stack of a recursive encoder, and width. */
function deepAndWide(nest: Nest): void {
  heading("deep and wide");
  const counts = { deep: 1_000_000, wide: 5_000_000 };
  let list: unknown = null;
  let array: unknown = [];
  let closure: unknown = null;
  for (let i = 0; i < counts.deep; i++) {
    list = { next: list };
    array = [array];
    closure = nest(closure);
  }
  timed("a list 1,000,000 deep", list);
  timed("arrays 1,000,000 deep", array);
  timed("closures 1,000,000 deep", closure);
  timed(
    "an array 5,000,000 wide, of integers",
    Array.from({ length: counts.wide }, (_, i) => i),
  );
  timed(
    "the same of objects",
    Array.from({ length: counts.wide }, (_, i) => ({ i })),
  );
}

function timed(name: string, graph: unknown): void {
  let bytes: Uint8Array = new Uint8Array();
  report(`${name}: encode`, time(() => (bytes = encode(graph))) / 1000, "s");
  report(`${name}: decode`, time(() => decode(bytes)) / 1000, "s");
}

function compare(library: Library, graph: unknown, baseline: Uint8Array): void {
  let bytes: Uint8Array;
  try {
    bytes = library.encode(graph);
  } catch {
    return;
  }
  const goal = library === FLOWC ? GOALS : undefined;
  const encoding = ratio(
    () => library.encode(graph),
    () => v8.serialize(graph),
  );
  report(`${library.name}: encode`, encoding, "×", goal?.encode);
  const decoding = ratio(
    () => library.decode(bytes),
    () => v8.deserialize(baseline) as unknown,
  );
  report(`${library.name}: decode`, decoding, "×", goal?.decode);
  report(`${library.name}: size`, bytes.length / baseline.length, "×", goal?.size);
}

function tally(library: Library): string {
  const verdicts = oddities().map((value) => verdict(library, value));
  const count = (word: string): string => String(verdicts.filter((text) => text.startsWith(word)).length).padStart(3);
  return `${count("the same")} the same  ${count("refused")} refused  ${count("SILENTLY")} silently wrong`;
}

/** Whether the same graph comes back, an error, or, worst of all, another graph. */
function verdict(library: Library, graph: unknown): string {
  try {
    const found = difference(graph, library.decode(library.encode(graph)));
    return found === undefined ? "the same" : `SILENTLY WRONG   ${found}`;
  } catch (error) {
    return `refused   ${error instanceof Error ? error.message : String(error)}`;
  }
}
