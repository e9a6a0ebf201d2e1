/**
 * A URL and the URLSearchParams it hands out change each other, so the pair stays a pair: parameters are made last, when it is known
 * whether a URL claims them.
 */
import type { Decoder } from "../decoder.js";
import { Late } from "../late.js";
import { corrupt } from "../reader.js";
import { answers, registerExotic } from "./kind.js";

const hrefOf = Object.getOwnPropertyDescriptor(URL.prototype, "href")!.get as (this: object) => string;
const paramsOf = Object.getOwnPropertyDescriptor(URL.prototype, "searchParams")!.get as (this: object) => URLSearchParams;

registerExotic<URL>({
  tag: 14,
  prototype: URL.prototype,
  is: (value) => answers(() => hrefOf.call(value)),
  head: (out, url) => out.string(hrefOf.call(url)),
  body: (out, url) => out.value(paramsOf.call(url)),
  make: (input) => new URL(input.string()),
  fill(input, url) {
    const params = input.value();
    if (!Late.is(params) || !(params instanceof LateParams) || params.made !== undefined)
      throw corrupt("a URL lacks its parameters");
    params.made = paramsOf.call(url);
  },
});

registerExotic<URLSearchParams>({
  tag: 15,
  isLate: true,
  prototype: URLSearchParams.prototype,
  is: (value) => answers(() => URLSearchParams.prototype.toString.call(value)),
  head: (out, params) => out.string(URLSearchParams.prototype.toString.call(params)),
  make: (input: Decoder) => input.late(new LateParams(input.string())) as unknown as URLSearchParams,
});

class LateParams extends Late {
  constructor(readonly query: string) {
    super();
  }
  override needs(): readonly unknown[] {
    return [];
  }
  override make(): URLSearchParams {
    return new URLSearchParams(this.query);
  }
}
