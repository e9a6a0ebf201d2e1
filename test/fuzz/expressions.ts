/** The expressions of generated programs: a call that suspends can stand in every operand. */
import type { Random } from "./random.ts";
import { Scope } from "./scope.ts";
import { type Node, node, number, part } from "./tree.ts";

const boolean = node("boolean");
const list = node("list");
const fn = node("function");

export abstract class Expressions {
  /** Expressions left to spend; when it is used up only leaves grow. */
  budget = 110;
  scope: Scope = new Scope(undefined);
  depthOfFunctions = 0;
  /** The class `this` is an instance of, if any. */
  self: "Base" | "Derived" | undefined;
  /** Inside a class, which stands outside `main` and its variables. */
  isInClass = false;
  #nesting = 0;

  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** The statements of a function whose parameters are numbers, and the `return` at their end. */
  abstract functionBody(parameters: readonly string[], length: number): Node;

  inScope<T>(scope: Scope, make: () => T): T {
    const outer = this.scope;
    this.scope = scope;
    const made = make();
    this.scope = outer;
    return made;
  }

  /** Runs `make` where `this` is of class `self`, or nothing to be used. */
  withThis<T>(self: "Base" | "Derived" | undefined, make: () => T): T {
    const outer = this.self;
    this.self = self;
    const made = make();
    this.self = outer;
    return made;
  }

  number(): Node {
    this.budget--;
    this.#nesting++;
    const made = this.#nesting > 3 || this.budget < 0 ? this.#leaf() : this.#inner();
    this.#nesting--;
    return made;
  }

  #leaf(): Node {
    const variables = this.scope.visible("number");
    if (variables.length > 0 && this.random.chance(0.6)) return number`${this.scope.use(this.random.pick(variables))}`;
    return this.random.chance(0.5) ? number`hit(${String(this.random.below(4))})` : number`${String(this.random.below(4))}`;
  }

  #inner(): Node {
    const n = (): Node => this.number();
    return this.random.weighted<() => Node>([
      [12, () => this.#leaf()],
      [7, () => number`hit(${n()})`],
      [4, () => number`(${n()} ${this.random.pick(["+", "-", "*", "+"])} ${n()})`],
      [2, () => number`(${this.boolean()} ? ${n()} : ${n()})`],
      [1, () => number`(hit(${n()}), ${n()})`],
      [4, () => number`(${this.assignment()})`],
      [2, () => number`(sum(${n()}) ${this.random.pick(["&&", "||"])} ${n()})`],
      [2, () => number`(some(${n()}, ${n()}) ?? ${n()})`],
      [5, () => this.#call()],
      [1, () => number`\`\${${n()}}-\${${n()}}\`.length`],
      [2, () => number`${this.list()}[${n()} & 1]!`],
      [1, () => number`${this.list()}.length`],
      [2, () => number`sum(${n()}, ...${this.list()}, ${n()})`],
      [2, () => number`${this.#wrapped()}.p`],
      [1, () => number`(${this.#wrapped()}.q ?? ${n()})`],
      [1, () => number`some(${this.#wrapped()}, ${n()})?.p!`],
      [2, () => this.#arrayMethod()],
      [
        1,
        () =>
          number`({ p: ${n()}, ...some(${this.object()}, ${n()}), [some("k", ${n()}) ?? "p"]: ${n()}, m(): number { return ${this.withThis(undefined, n)}; } }).p`,
      ],
      [this.isInClass ? 0 : 3, () => this.#instance()],
      [this.self ? 4 : 0, () => this.#member()],
      [this.depthOfFunctions < 3 && this.budget > 40 ? 1 : 0, () => number`((): number => {\n${this.functionBody([], 2)}})()`],
      [1, () => number`-(${n()})`],
    ])();
  }

  boolean(): Node {
    const n = (): Node => this.number();
    return this.random.weighted<() => Node>([
      [4, () => boolean`${n()} % 2 === ${String(this.random.below(2))}`],
      [3, () => boolean`${n()} < ${n()}`],
      [this.budget > 0 ? 1 : 0, () => boolean`(${this.boolean()} ${this.random.pick(["&&", "||"])} ${this.boolean()})`],
      [this.budget > 0 ? 1 : 0, () => boolean`!(${this.boolean()})`],
      [1, () => boolean`("q" in ${this.object()})`],
      [1, () => boolean`hit(sum(${n()}) > 1)`],
    ])();
  }

  /** Something a number can be assigned to. */
  target(): Node {
    const variables = this.scope.visible("number", true);
    const object = (): Node => part`${this.#objectVariable() ?? "({ p: 1 } as Pair)"}.p`;
    if (variables.length > 0 && this.random.chance(0.7)) return part`${this.scope.use(this.random.pick(variables))}`;
    return this.random.chance(0.3) ? part`${this.#place()}[${this.number()} & 1]` : object();
  }

  /** A list as the target of an assignment: not the result of some call. */
  #place(): Node {
    const variables = this.scope.visible("list");
    return variables.length > 0 ? list`${this.scope.use(this.random.pick(variables))}` : list`hit([${this.number()}, 1])`;
  }

  /** A target that cannot suspend. */
  simpleTarget(): Node {
    const variables = this.scope.visible("number", true);
    return part`${variables.length > 0 ? this.scope.use(this.random.pick(variables)) : "({ p: 1 } as Pair).p"}`;
  }

  /** An assignment to a number, as an expression. */
  assignment(): Node {
    const target = this.target();
    return this.random.weighted<() => Node>([
      [4, () => part`${target} = ${this.number()}`],
      [3, () => part`${target} ${this.random.pick(["+=", "-=", "*="])} ${this.number()} % 7`],
      [2, () => part`${target} ${this.random.pick(["||=", "&&=", "??="])} ${this.number()}`],
      [2, () => part`${target}++`],
      [1, () => part`-- ${target}`],
    ])();
  }

  list(): Node {
    this.budget--;
    const variables = this.scope.visible("list");
    const n = (): Node => this.number();
    if (this.budget < 0) return list`[1, 2]`;
    return this.random.weighted<() => Node>([
      [variables.length > 0 ? 5 : 0, () => list`${this.scope.use(this.random.pick(variables))}`],
      [3, () => list`[${n()}, ${n()}]`],
      [1, () => list`[${n()}, ...${this.list()}]`],
      [1, () => list`${this.list()}.map(${this.fn()})`],
      [1, () => list`${this.list()}.filter((x) => ${this.#callback("x", () => this.boolean())})`],
      [1, () => list`hit(${this.list()})`],
      [1, () => list`[...new Set(${this.list()})]`],
    ])();
  }

  object(): Node {
    const n = (): Node => this.number();
    return this.random.weighted<() => Node>([
      [4, () => part`${this.#objectVariable() ?? part`{ p: ${n()} }`}`],
      [2, () => part`{ p: ${n()}, q: ${n()} }`],
      [1, () => part`hit<Pair>({ p: ${n()} })`],
    ])();
  }

  #wrapped(): Node {
    return part`(${this.object()} satisfies Pair as Pair)`;
  }

  #objectVariable(): string | undefined {
    const variables = this.scope.visible("object");
    return variables.length > 0 ? this.scope.use(this.random.pick(variables)) : undefined;
  }

  /** A function from number to number, in one of the forms there are. */
  fn(): Node {
    this.budget -= 2;
    const known = this.scope.visible("function");
    if (this.depthOfFunctions >= 3 || this.budget < 20)
      return known.length > 0 ? fn`${this.scope.use(this.random.pick(known))}` : fn`(x: number): number => hit(x)`;
    const name = this.random.pick(["x", "y", "n", "a"]);
    return this.random.weighted<() => Node>([
      [known.length > 0 ? 2 : 0, () => fn`${this.scope.use(this.random.pick(known))}`],
      [4, () => fn`(${name}: number): number => ${this.#callback(name, () => this.number())}`],
      [
        3,
        () => fn`(${name}: number): number => { if (!burn()) return 0;\n${this.functionBody([name], 1 + this.random.below(3))}}`,
      ],
      [
        1,
        () =>
          fn`function (${name}: number): number { if (!burn()) return 0;\n${this.withThis(undefined, () => this.functionBody([name], 1 + this.random.below(2)))}}`,
      ],
      [
        1,
        () =>
          fn`(((${name}: number, more: number = ${name} + 1, { p = more }: Partial<Pair> = {}): number => ${this.#callback(name, () => number`(${this.number()} + p)`)}) as (x: number) => number)`,
      ],
    ])();
  }

  /** An expression in which the parameter `name` is known. */
  #callback(name: string, make: () => Node): Node {
    return this.inScope(new Scope(this.scope), () => {
      this.scope.declare({ name, type: "number", mutable: true });
      this.depthOfFunctions++;
      const made = make();
      this.depthOfFunctions--;
      return made;
    });
  }

  #call(): Node {
    const known = this.scope.visible("function");
    if (known.length === 0) return number`hit(${this.number()})`;
    const name = this.scope.use(this.random.pick(known));
    return this.random.weighted<() => Node>([
      [4, () => number`${name}(${this.number()})`],
      [1, () => number`(some(${name}, ${this.number()})?.(${this.number()}) ?? ${this.number()})`],
      [1, () => number`${name}.call(undefined, ${this.number()})`],
      [1, () => number`({ f: ${name} }).f(${this.number()})`],
    ])();
  }

  #arrayMethod(): Node {
    return this.random.weighted<() => Node>([
      [
        2,
        () =>
          number`${this.list()}.reduce((x, y) => ${this.#callback("x", () => number`(${this.number()} + y)`)}, ${this.number()})`,
      ],
      [1, () => number`(${this.list()}.find((x) => ${this.#callback("x", () => this.boolean())}) ?? ${this.number()})`],
      [1, () => number`${this.list()}.findIndex((x) => ${this.#callback("x", () => this.boolean())})`],
      [1, () => number`${this.list()}.toSorted((x, y) => y - x + ${this.#callback("x", () => this.number())} * 0)[0]!`],
      [1, () => number`(${this.list()}.forEach((x) => { ${this.#callback("x", () => this.assignment())}; }), ${this.number()})`],
      [1, () => number`Array.from({ length: 2 }, (_, x) => ${this.#callback("x", () => this.number())})[1]!`],
    ])();
  }

  #instance(): Node {
    const of = this.random.pick(["Base", "Derived"]);
    const method = of === "Derived" ? this.random.pick(["m", "own", "arrow"]) : "m";
    return this.random.weighted<() => Node>([
      [3, () => number`new ${of}(${this.number()}).${method}(${this.number()})`],
      [1, () => number`${of}.s(${this.number()})`],
      [1, () => number`(new ${of}(${this.number()}).twice += ${this.number()})`],
    ])();
  }

  /** Inside a method. */
  #member(): Node {
    return this.random.weighted<() => Node>([
      [3, () => number`this.f`],
      [2, () => number`(this.f ${this.random.pick(["=", "+=", "??="])} ${this.number()})`],
      [1, () => number`(this.twice -= ${this.number()})`],
      [this.self === "Derived" ? 2 : 0, () => number`super.m(${this.number()})`],
      [this.self === "Derived" ? 1 : 0, () => number`super.twice`],
      [this.self === "Derived" ? 1 : 0, () => number`Derived.#own(${this.number()})`],
      [1, () => number`this.m(${this.number()})`],
    ])();
  }
}
