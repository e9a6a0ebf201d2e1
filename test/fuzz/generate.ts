/**
 * Makes well-typed programs that end, from a seed. They lean towards what lowerings get wrong: jumps out of `try` and `finally`, closures over
 * variables that change, calls in every operand, patterns with defaults, `switch`. Every loop and function takes from one supply of fuel.
 */
import { Expressions } from "./expressions.ts";
import { Random } from "./random.ts";
import { Scope } from "./scope.ts";
import { type Node, part, statement } from "./tree.ts";

/** What jumps can leave here. */
interface Flow {
  readonly loops: readonly string[];
  readonly blocks: readonly string[];
  /** Inside a loop of this function, so that `continue` means something; `break` also in a switch. */
  readonly inLoop: boolean;
  readonly inSwitch: boolean;
}

const NO_FLOW: Flow = { loops: [], blocks: [], inLoop: false, inSwitch: false };

const PRELUDE = `import { fail, hit, log } from "../kit.js";

const fuel = { left: 0 };
function burn(): boolean { return fuel.left-- > 0; }
function sum(...xs: number[]): number { return xs.reduce((a, b) => a + b, 0) % 1000; }
function some<T>(value: T, when: number): T | undefined { return when % 2 === 0 ? value : undefined; }
function text(error: unknown): unknown { return error instanceof Error ? (error.constructor === Error ? error.message : error.name) : error; }
interface Pair { p: number; q?: number | undefined }
class Walk implements Iterable<number> {
  constructor(private left: number, private readonly id: number) {}
  [Symbol.iterator](): Iterator<number> { return this as unknown as Iterator<number>; }
  next(): IteratorResult<number> { return this.left > 0 ? { done: false, value: hit(this.left--) } : { done: true, value: undefined }; }
  return(): IteratorResult<number> { log("close", this.id); if (this.id === 3) fail("close"); return { done: true, value: undefined }; }
}
`;

/** The text tree of the program of this seed. */
export function generate(seed: number): Node {
  return new Generator(new Random(seed)).program();
}

class Generator extends Expressions {
  #flow: Flow = NO_FLOW;
  #unique = 0;
  #depth = 0;

  program(): Node {
    const body = this.#statementsOfMain();
    this.budget = 40;
    this.isInClass = true;
    const classes = this.#classes();
    return part`${PRELUDE}${classes}export function main(): unknown {\nfuel.left = 60;\nconst out: unknown[] = [];\ntry {\n${body}} catch (error) { out.push(text(error)); }\nreturn out;\n}\n`;
  }

  #statementsOfMain(): Node {
    return this.inScope(new Scope(undefined), () => part`${this.#statements(4 + this.random.below(3))}`);
  }

  /** `Base` and `Derived`, whose methods the program calls. */
  #classes(): Node {
    this.scope = new Scope(undefined);
    const method = (head: string, self: "Base" | "Derived" | undefined): Node => {
      this.budget = 12;
      return part`${head} { if (!burn()) return 0;\n${this.withThis(self, () => this.functionBody(["x"], 1 + this.random.below(2)))}}\n`;
    };
    return part`class Base {
f = 1;
constructor(f: number) { this.f = f; }
get twice(): number { return this.f * 2; }
set twice(x: number) { this.f = x / 2; }
${method("m(x: number): number", "Base")}${method("static s(x: number): number", undefined)}}
class Derived extends Base {
arrow = (x: number): number => this.f + hit(x);
${method("override m(x: number): number", "Derived")}${method("static #own(x: number): number", undefined)}${method("own(x: number): number", "Derived")}${method("static override s(x: number): number", undefined)}}
`;
  }

  override functionBody(parameters: readonly string[], length: number): Node {
    const outer = this.#flow;
    this.#flow = NO_FLOW;
    const body = this.inScope(new Scope(this.scope), () => {
      for (const name of parameters) this.scope.declare({ name, type: "number", mutable: true });
      this.depthOfFunctions++;
      const made = this.#statements(length);
      const result = this.number();
      this.depthOfFunctions--;
      return part`${made}return ${result};\n`;
    });
    this.#flow = outer;
    return body;
  }

  #block(length = 1 + this.random.below(3), scope = new Scope(this.scope)): Node {
    return this.inScope(scope, () => part`${this.#statements(length)}`);
  }

  /** The statements of a block, perhaps with a function declaration that some of them call before it stands. */
  #statements(length: number): Node[] {
    const hoisted =
      !this.scope.sharesNames && this.depthOfFunctions < 3 && this.budget > 20 && this.random.chance(0.15)
        ? this.scope.fresh(this.random)
        : undefined;
    if (hoisted !== undefined) this.scope.declare({ name: hoisted, type: "function", mutable: false });
    const made = Array.from({ length }, () => this.#statement());
    if (hoisted === undefined) return made;
    const declaration = statement`function ${hoisted}(z: number): number { if (!burn()) return z;\n${this.withThis(undefined, () => this.functionBody(["z"], 1 + this.random.below(2)))}}`;
    return made.toSpliced(this.random.below(length + 1), 0, declaration);
  }

  #statement(): Node {
    this.#depth++;
    const simple = this.#depth > 5 || this.budget < 0;
    const make = this.random.weighted<() => Node>([
      [8, () => this.#push()],
      [8, () => this.#declaration()],
      [3, () => this.#pattern()],
      [5, () => statement`${this.assignment()};`],
      [2, () => this.#patternAssignment()],
      [3, () => this.#jump()],
      ...(simple
        ? []
        : ([
            [3, () => statement`if (${this.boolean()}) {\n${this.#block()}}`],
            [2, () => statement`if (${this.boolean()}) {\n${this.#block()}} else {\n${this.#block()}}`],
            [8, () => this.#loop()],
            [7, () => this.#try()],
            [4, () => this.#switch()],
            [2, () => this.#labelled()],
            [1, () => statement`{\n${this.#block()}}`],
            [4, () => this.#closure()],
          ] as const)),
    ]);
    const made = make();
    this.#depth--;
    return made;
  }

  #push(): Node {
    // `out` belongs to main; classes stand outside it.
    return !this.isInClass ? statement`out.push(${this.number()});` : statement`log("at", ${this.number()});`;
  }

  #declaration(): Node {
    const type = this.random.weighted([
      [6, "number"],
      [2, "list"],
      [2, "object"],
    ] as const);
    const value = type === "number" ? this.number() : type === "list" ? this.list() : this.object();
    const name = this.scope.fresh(this.random);
    const annotation = type === "number" ? "number" : type === "list" ? "number[]" : "Pair";
    if (type === "number" && this.random.chance(0.1)) return this.#var(value);
    const keyword = this.random.chance(0.6) ? "let" : "const";
    this.scope.declare({ name, type, mutable: keyword === "let" });
    return statement`${keyword} ${name}: ${annotation} = ${value};`;
  }

  /** A `var` belongs to the function around it, where its name must be free: so it gets one nobody else has. */
  #var(value: Node): Node {
    const name = `var${++this.#unique}`;
    this.scope.declare({ name, type: "number", mutable: true });
    return statement`var ${name}: number = ${value};`;
  }

  /** Declares numbers by a pattern with defaults. */
  #pattern(): Node {
    const keyword = this.random.chance(0.5) ? "let" : "const";
    const { text, names, value } = this.#patternOf();
    for (const name of names) this.scope.declare({ name, type: "number", mutable: keyword === "let" });
    return statement`${keyword} ${text} = ${value};`;
  }

  /** A pattern that binds numbers, and a value it fits. Its names are not declared yet; they are chosen last, so that nothing in it means them. */
  #patternOf(): { readonly text: Node; readonly names: string[]; readonly value: Node } {
    const [n, m, k] = [this.number(), this.number(), this.number()];
    const [object, list] = [this.object(), this.list()];
    const first = this.scope.fresh(this.random);
    const second = `${first}b${++this.#unique}`;
    const make = this.random.pick([
      () => ({ text: part`[${first} = ${n}, ${second} = ${m}]`, value: part`[${k}, some(1, ${list}.length)]` }),
      () => ({ text: part`{ p: ${first}, q: ${second} = ${n} }`, value: object }),
      () => ({
        text: part`{ p: ${first} = ${n}, r: [${second} = ${m}] = [${k}] }`,
        value: part`{ p: some(3, ${object}.p), r: some(${list}, 1) }`,
      }),
      () => ({
        text: part`[${first}, { q: ${second} = ${n} } = (${object} as Pair)]`,
        value: part`[${m}, some({ p: 1 }, ${k})] as [number, Pair | undefined]`,
      }),
      () => ({
        text: part`[${first}, ...[, ${second} = ${n}]]`,
        value: part`[${m}, ...${list}] as [number, ...(number | undefined)[]]`,
      }),
    ]);
    return { ...make(), names: [first, second] };
  }

  #patternAssignment(): Node {
    const targets = [this.target(), this.target()];
    const [one, two] = targets as [Node, Node];
    return this.random.pick([
      () =>
        statement`[${one}, ${two} = ${this.number()}] = [${this.number()}, some(${this.number()}, ${this.number()})] as [number, number | undefined];`,
      () => statement`({ p: ${one}, q: ${two} = ${this.number()} } = ${this.object()});`,
      () => statement`[${one}, ${two}] = [${this.number()}, ${this.number()}];`,
    ])();
  }

  #jump(): Node {
    const { loops, blocks, inLoop, inSwitch } = this.#flow;
    const jumps: string[] = [
      ...loops.flatMap((label) => [`break ${label};`, `continue ${label};`]),
      ...blocks.map((label) => `break ${label};`),
    ];
    if (inLoop) jumps.push("continue;", "break;", "continue;");
    else if (inSwitch) jumps.push("break;");
    const jump = this.random.weighted<() => Node>([
      [jumps.length > 0 ? 6 : 0, () => part`${this.random.pick(jumps)}`],
      [2, () => part`return ${this.number()};`],
      [1, () => part`throw new Error("t" + ${this.number()});`],
      [1, () => part`fail("f" + ${this.number()});`],
      [1, () => part`throw ${this.number()};`],
    ])();
    return this.random.chance(0.75) ? statement`if (${this.boolean()}) ${jump}` : statement`${jump}`;
  }

  /** Runs `make` where `flow` is possible too. */
  #within<T>(flow: Partial<Flow>, make: () => T): T {
    const outer = this.#flow;
    this.#flow = { ...outer, ...flow };
    const made = make();
    this.#flow = outer;
    return made;
  }

  #loop(): Node {
    const label = this.random.chance(0.4) ? `l${++this.#unique}` : undefined;
    const loops = label === undefined ? this.#flow.loops : [...this.#flow.loops, label];
    const scope = new Scope(this.scope);
    const made = this.inScope(scope, () =>
      this.#loopWith(() => this.#within({ loops, inLoop: true, inSwitch: false }, () => this.#block())),
    );
    return statement`${label === undefined ? "" : `${label}: `}${made}`;
  }

  #loopWith(body: () => Node): Node {
    const declare = (type: "number" | "text", mutable: boolean): string =>
      this.scope.declare({ name: this.scope.fresh(this.random), type, mutable }).name;
    return this.random.weighted<() => Node>([
      [5, () => this.#countingLoop(declare("number", true), body)],
      [
        4,
        () => {
          const list = this.random.chance(0.3) ? part`new Walk(2, ${String(this.random.below(4))})` : this.list();
          const keyword = this.random.pick(["let", "const"]);
          return part`for (${keyword} ${declare("number", keyword === "let")} of ${list}) {\nif (!burn()) break;\n${body()}}`;
        },
      ],
      [
        1,
        () => {
          const { text, names, value } = this.#patternOf();
          for (const bound of names) this.scope.declare({ name: bound, type: "number", mutable: true });
          return part`for (let ${text} of [${value}]) {\nif (!burn()) break;\n${body()}}`;
        },
      ],
      [1, () => part`for (${this.simpleTarget()} of ${this.list()}) {\nif (!burn()) break;\n${body()}}`],
      [
        1,
        () => {
          const object = this.object();
          const name = declare("text", false);
          return part`for (const ${name} in ${object}) {\nif (!burn()) break;\nlog(String(${name}));\n{\n${body()}}}`;
        },
      ],
      [2, () => part`while (burn() && ${this.boolean()}) {\n${body()}}`],
      [2, () => part`do {\n${body()}} while (burn() && ${this.boolean()});`],
    ])();
  }

  /** A `for` whose head may make closures over its own variable, suspend, or both. */
  #countingLoop(name: string, body: () => Node): Node {
    const closure = this.random.chance(0.3)
      ? this.scope.declare({ name: `${name}f${++this.#unique}`, type: "function", mutable: true }).name
      : undefined;
    const head = closure === undefined ? "" : `, ${closure} = (x: number): number => ${name}${this.random.pick(["", "++"])} + x`;
    const test = this.random.chance(0.3)
      ? part`${name} + ${this.number()} % 3 < 3`
      : part`${name} < ${String(1 + this.random.below(3))}`;
    const update = this.random.chance(0.3) ? part`${name} += 1 + ${this.number()} % 2` : part`${name}++`;
    return part`for (let ${name} = ${String(this.random.below(2))}${head}; burn() && ${test}; ${update}) {\n${body()}}`;
  }

  #try(): Node {
    const body = part`try {\n${this.#block()}}`;
    const handler = (): Node => {
      if (this.random.chance(0.2)) return part` catch {\n${this.#block()}}`;
      const name = `e${++this.#unique}`;
      return part` catch (${name}) {\nlog("caught", text(${name}));\n${this.#block()}}`;
    };
    const finalizer = (): Node => part` finally {\n${this.#block()}}`;
    return this.random.weighted<() => Node>([
      [4, () => statement`${body}${handler()}`],
      [4, () => statement`${body}${finalizer()}`],
      [4, () => statement`${body}${handler()}${finalizer()}`],
    ])();
  }

  #switch(): Node {
    const scope = new Scope(this.scope);
    const subject = this.random.chance(0.5) ? part`sum(${this.number()}) % 4` : part`sum(${this.number()})`;
    const count = 2 + this.random.below(3);
    const fallback = this.random.below(count + 1);
    const clauses = this.inScope(scope, () =>
      Array.from({ length: count }, (_, index): Node => {
        const head = index === fallback ? part`default` : part`case ${this.random.chance(0.3) ? this.number() : String(index)}`;
        const body = this.#within({ inSwitch: true, inLoop: this.#flow.inLoop }, () =>
          this.#block(undefined, new Scope(scope, true)),
        );
        return statement`${head}:\n${body}${this.random.chance(0.5) ? "break;\n" : ""}`;
      }),
    );
    return statement`switch (${subject}) {\n${clauses}}`;
  }

  #labelled(): Node {
    const label = `b${++this.#unique}`;
    return this.#within({ blocks: [...this.#flow.blocks, label] }, () =>
      this.random.chance(0.5) ? statement`${label}: {\n${this.#block()}}` : statement`${label}: ${this.#try()}`,
    );
  }

  /** A closure in a variable that can change. */
  #closure(): Node {
    const fn = this.fn();
    const name = this.scope.fresh(this.random);
    const mutable = this.random.chance(0.4);
    this.scope.declare({ name, type: "function", mutable });
    return statement`${mutable ? "let" : "const"} ${name}: (x: number) => number = ${fn};`;
  }
}
