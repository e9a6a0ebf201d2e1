/** Symbols: those of the language and of Symbol.for by name, those of compiled modules by reference, those that a run made as nodes of the graph. */
import { isOwnSymbol, ownSymbol } from "../../own-symbols.js";
import { idOf } from "../../registry.js";
import type { Encoder } from "../encoder.js";
import { Tag } from "../format.js";
import type { Decoder } from "../decoder.js";
import { symbolNumber } from "../symbols.js";

/** Head of a symbol met for the first time. */
export function writeSymbol(out: Encoder, symbol: symbol): void {
  const id = idOf(symbol);
  if (id !== undefined) return out.byReference(symbol, id);
  const wellKnown = symbolNumber(symbol);
  const key = Symbol.keyFor(symbol);
  if (wellKnown !== undefined) out.pair(Tag.SYMBOL_WELL_KNOWN, wellKnown);
  else if (key !== undefined) {
    out.byte(Tag.SYMBOL_FOR);
    out.string(key);
  } else {
    if (!isOwnSymbol(symbol)) refuse(out, symbol);
    out.byte(Tag.SYMBOL_OWN);
    out.value(symbol.description);
  }
  out.add(symbol, Tag.SYMBOL_OWN, undefined);
}

function refuse(out: Encoder, symbol: symbol): never {
  out.refuse(
    symbol,
    `it is the unique symbol ${String(symbol)}, which no run made and no compiled module holds in a constant, so that another process has another one`,
    `Use Symbol.for(${JSON.stringify(symbol.description ?? "name")}), which is the same symbol in every process, or a constant of a compiled file.`,
  );
}

/** Reads what is behind the tag of a symbol that a run made. */
export function readOwnSymbol(input: Decoder): symbol {
  const description = input.value();
  return ownSymbol(Symbol(description === undefined ? undefined : textOf(description)));
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a symbol is described by something else than text");
  return value;
}
