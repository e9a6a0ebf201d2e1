/** What the generator of whole-language programs knows at a place: names, jumps, and which syntax is allowed there. */
import { Random } from "../random.ts";

/** What a variable most likely holds. Programs are untyped: a wrong guess is a TypeError, which is compared as well. */
export type Guess = "any" | "function" | "generator" | "class" | "object" | "list";

interface Variable {
  readonly name: string;
  readonly guess: Guess;
  readonly mutable: boolean;
}

/** Few names, so that they shadow each other; some are those the compiler uses itself. */
const NAMES = ["a", "b", "c", "d", "x", "y", "f", "g", "i", "k", "$1", "$value", "$frame", "$callee"];

export class Names {
  readonly variables: Variable[] = [];
  readonly #taken = new Set<string>();
  readonly parent: Names | undefined;
  /** The names of the parent must not be declared again, as those of parameters in the body. */
  readonly sharesNames: boolean;

  constructor(parent: Names | undefined, sharesNames = false) {
    this.parent = parent;
    this.sharesNames = sharesNames;
  }

  fresh(random: Random): string {
    for (let tries = 0; tries < 8; tries++) {
      const name = random.pick(NAMES);
      if (this.isFree(name)) return this.#take(name);
    }
    for (let n = 1; ; n++) if (this.isFree(`v${n}`)) return this.#take(`v${n}`);
  }

  #take(name: string): string {
    this.#taken.add(name);
    return name;
  }

  isFree(name: string): boolean {
    return !this.#taken.has(name) && (!this.sharesNames || this.parent === undefined || this.parent.isFree(name));
  }

  add(name: string, guess: Guess, mutable = true): string {
    this.#taken.add(name);
    this.variables.push({ name, guess, mutable });
    return name;
  }

  visible(guess: Guess | undefined, mutable = false): Variable[] {
    return this.#all().filter((variable) => (guess === undefined || variable.guess === guess) && (!mutable || variable.mutable));
  }

  #all(): Variable[] {
    const outer = this.parent ? this.parent.#all() : [];
    return [...this.variables, ...outer.filter((variable) => !this.#taken.has(variable.name))];
  }
}

/** What the syntax allows here. */
export interface Place {
  readonly loops: readonly string[];
  readonly blocks: readonly string[];
  readonly inLoop: boolean;
  readonly inSwitch: boolean;
  readonly canReturn: boolean;
  readonly canYield: boolean;
  /** `arguments` and `new.target`. */
  readonly hasArguments: boolean;
  readonly hasTarget: boolean;
  /** `super.p`. */
  readonly hasSuper: boolean;
  /** `super()`. */
  readonly canConstruct: boolean;
  readonly hasThis: boolean;
  readonly privates: readonly string[];
  readonly depth: number;
}

const OUTSIDE: Place = {
  loops: [],
  blocks: [],
  inLoop: false,
  inSwitch: false,
  canReturn: true,
  canYield: false,
  hasArguments: false,
  hasTarget: false,
  hasSuper: false,
  canConstruct: false,
  hasThis: false,
  privates: [],
  depth: 0,
};

/** What a function's body starts from: no jump leads out of it. */
export const NO_JUMPS = { loops: [], blocks: [], inLoop: false, inSwitch: false } as const;

export class State {
  /** Expressions left to spend; when it is used up only leaves grow. */
  budget = 130;
  names = new Names(undefined);
  place: Place = OUTSIDE;
  /** How deep expressions and statements are nested here. */
  nesting = 0;
  blocks = 0;
  #unique = 0;
  readonly random: Random;
  readonly #taste: readonly number[];

  constructor(random: Random) {
    this.random = random;
    this.#taste = Array.from({ length: 61 }, () => random.pick([0.1, 0.5, 1, 1, 1, 3]));
  }

  unique(): number {
    return ++this.#unique;
  }

  /** Runs `make` where other names and syntax hold. */
  within<T>(place: Partial<Place>, names: Names, make: () => T): T {
    const outer = [this.place, this.names, this.nesting] as const;
    this.place = { ...this.place, ...place };
    this.names = names;
    const made = make();
    [this.place, this.names, this.nesting] = outer;
    return made;
  }

  /** Runs `make` with a share of the budget, so that something is left for what comes after it. */
  spending<T>(share: number, make: () => T): T {
    const all = this.budget;
    const given = Math.min(all, share);
    this.budget = given;
    const made = make();
    this.budget = all - (given - this.budget);
    return made;
  }

  /** Picks by weight, and by what this program is fond of: programs that use little of the language find what those that use all of it do not. */
  choose<T>(makes: readonly (readonly [weight: number, make: () => T])[]): T {
    const liked = (index: number): number => this.#taste[(makes.length * 7 + index) % this.#taste.length]!;
    return this.random.weighted<() => T>(makes.map(([weight, make], index) => [weight * liked(index), make]))();
  }

  times<T>(from: number, to: number, make: (index: number) => T): T[] {
    return Array.from({ length: from + this.random.below(to - from + 1) }, (_, index) => make(index));
  }

  get isLean(): boolean {
    return this.budget < 0 || this.nesting > 4;
  }
}
