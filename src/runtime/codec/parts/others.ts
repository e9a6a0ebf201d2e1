/** Watches over Maps, Sets, Dates, instances of the runtime's own classes, and over everything else by its bytes. */
import type { Encoder } from "../encoder.js";
import { Patch } from "../format.js";
import { addedKeys, type Handler } from "../handlers.js";
import { haveSameClass } from "../hidden-classes.js";
import { plainKindOf } from "../kinds/exotic.js";
import { type Entries, writeEntries } from "./entries.js";
import { isSameValue, Unpatchable, Watch } from "./watch.js";

const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;
const { getTime } = Date.prototype;
const never = (): boolean => false;

export class MapWatch extends Watch {
  readonly #node: ReadonlyMap<unknown, unknown>;
  #entries: Entries;

  constructor(id: number, node: ReadonlyMap<unknown, unknown>) {
    super(id);
    this.#node = node;
    this.#entries = entriesOf(node);
  }

  isSame(): boolean {
    const { keys, values } = this.#entries;
    let at = 0;
    let same = true;
    mapForEach.call(this.#node, (value, key) => {
      same &&= isSameValue(key, keys[at]) && isSameValue(value, values[at]);
      at++;
    });
    return same && at === keys.length && plainKindOf(this.#node)?.prototype === Map.prototype;
  }

  patch(out: Encoder): void {
    if (plainKindOf(this.#node)?.prototype !== Map.prototype) throw new Unpatchable();
    const now = entriesOf(this.#node);
    writeEntries(out, this.#entries, now, never);
    this.#entries = now;
  }
}

function entriesOf(map: ReadonlyMap<unknown, unknown>): Entries {
  const keys: unknown[] = [];
  const values: unknown[] = [];
  mapForEach.call(map, (value, key) => {
    keys.push(key);
    values.push(value);
  });
  return { keys, values };
}

export class SetWatch extends Watch {
  readonly #node: ReadonlySet<unknown>;
  #members: readonly unknown[];

  constructor(id: number, node: ReadonlySet<unknown>) {
    super(id);
    this.#node = node;
    this.#members = membersOf(node);
  }

  isSame(): boolean {
    const members = this.#members;
    let at = 0;
    let same = true;
    setForEach.call(this.#node, (member) => void (same &&= isSameValue(member, members[at++])));
    return same && at === members.length && plainKindOf(this.#node)?.prototype === Set.prototype;
  }

  patch(out: Encoder): void {
    if (plainKindOf(this.#node)?.prototype !== Set.prototype) throw new Unpatchable();
    const now = membersOf(this.#node);
    const entries = (keys: readonly unknown[]): Entries => ({ keys, values: keys });
    writeEntries(out, entries(this.#members), entries(now), never);
    this.#members = now;
  }
}

function membersOf(set: ReadonlySet<unknown>): unknown[] {
  const members: unknown[] = [];
  setForEach.call(set, (member) => void members.push(member));
  return members;
}

/** Its hidden class is that of Dates without properties: nobody else has it. */
const bareDate = new Date(0);

function isBareDate(date: Date): boolean {
  if (!haveSameClass(date, bareDate)) return plainKindOf(date)?.prototype === Date.prototype;
  // Indices are no part of the class; nothing else is listed of a Date.
  for (const _ in date) return false;
  return true;
}

/** A Date that is nothing but one. Few are changed: they are not patched. */
export class DateWatch extends Watch {
  readonly #node: Date;
  readonly #time: number;

  constructor(id: number, node: Date) {
    super(id);
    this.#node = node;
    this.#time = getTime.call(node);
  }

  isSame(): boolean {
    return isBareDate(this.#node) && isSameValue(getTime.call(this.#node), this.#time);
  }

  patch(): never {
    throw new Unpatchable();
  }
}

/** An instance of a class of the runtime's own: its fields. */
export class FieldsWatch extends Watch {
  #fields: readonly unknown[];

  constructor(
    id: number,
    readonly node: object,
    readonly handler: Handler,
  ) {
    super(id);
    this.#fields = handler.save(node);
  }

  isSame(): boolean {
    const old = this.#fields;
    return this.#isBare() && this.handler.save(this.node).every((value, at) => isSameValue(value, old[at]));
  }

  /** The program has added no properties, and has not locked it. */
  #isBare(): boolean {
    return !this.handler.isVisible || (addedKeys(this.handler, this.node).length === 0 && Object.isExtensible(this.node));
  }

  patch(out: Encoder): void {
    if (!this.#isBare()) throw new Unpatchable();
    const now = this.handler.save(this.node);
    out.byte(Patch.FIELDS);
    for (const value of now) out.value(value);
    this.#fields = now;
  }
}

/** Whatever has no watch of its own: compared by what would be written, and never patched. */
export class BytesWatch extends Watch {
  readonly #bytes: Buffer;

  constructor(id: number, out: Encoder) {
    super(id);
    this.#bytes = Buffer.from(out.contents(id));
  }

  override isSame(out: Encoder): boolean {
    const known = out.size;
    // Contents that meet new nodes cannot be the same.
    return this.#bytes.equals(out.contents(this.id)) && out.size === known;
  }

  patch(): never {
    throw new Unpatchable();
  }
}
