/** Watch over a list of the runtime's own that only grows: what was added is written, nothing is compared. */
import type { Encoder } from "../encoder.js";
import { Patch } from "../format.js";
import { Watch } from "./watch.js";

export class AppendWatch extends Watch {
  readonly #list: readonly unknown[];
  #length: number;

  constructor(id: number, list: readonly unknown[]) {
    super(id);
    this.#list = list;
    this.#length = list.length;
  }

  isSame(): boolean {
    return this.#list.length === this.#length;
  }

  patch(out: Encoder): void {
    const length = this.#list.length;
    out.byte(Patch.ELEMENTS);
    out.uint(length);
    out.uint(this.#length);
    out.uint(length - this.#length);
    out.elements(this.#list, this.#length, length);
    this.#length = length;
  }
}
