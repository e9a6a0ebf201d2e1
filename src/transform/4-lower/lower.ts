/**
 * Pass `lower`: structured statements to basic blocks.
 *
 *     loop T { B } U   ⇒   head: branch T ? body : exit · body: B, goto next · next: U, goto head · exit:
 *     try { A } e { B }⇒   A with handler B · B: catch e · after:
 *     suspend x = call ⇒   suspend call → block of the point: receive x
 *
 * The block a suspension resumes in has the number of its point, so that a saved frame needs no other address.
 */
import { assert, unreachable } from "../../shared/assert.js";
import { factory } from "../context.js";
import type { BlockId, FunctionIr, Label, Stmt } from "../ir.js";
import type { ts } from "../ts.js";
import type { Block, Cfg, Instr, Saving, Terminator } from "./cfg.js";

export function lower(ir: FunctionIr, ref: (name: string) => ts.Identifier): Cfg {
  return new Lowering(ir, ref).run();
}

function resumeOf(stmt: { readonly point: { readonly id: number } }): BlockId {
  return stmt.point.id as BlockId;
}

class Lowering {
  readonly #blocks = new Map<BlockId, Block>();
  readonly #breakTo = new Map<Label, BlockId>();
  readonly #continueTo = new Map<Label, BlockId>();
  #handler: BlockId | undefined;
  #current: Block;
  #next: number;
  #temporaries = 0;

  constructor(
    readonly ir: FunctionIr,
    readonly ref: (name: string) => ts.Identifier,
  ) {
    this.#next = ir.points.length;
    this.#current = this.#start(this.#newId());
  }

  run(): Cfg {
    const entry = this.#current.id;
    this.#list(this.ir.body);
    this.#end({ kind: "return", value: undefined });
    return { entry, blocks: this.#blocks, points: this.ir.points };
  }

  #newId(): BlockId {
    return this.#next++ as BlockId;
  }

  #start(id: BlockId): Block {
    const block: Block = { id, instrs: [], terminator: { kind: "unreachable" }, handler: this.#handler };
    assert(!this.#blocks.has(id), `block ${id} started twice`);
    this.#blocks.set(id, block);
    this.#current = block;
    return block;
  }

  /** Ends the current block. What follows without a new block is unreachable and gets one that nothing leads to. */
  #end(terminator: Terminator): void {
    this.#current.terminator = terminator;
  }

  #goto(to: BlockId): void {
    this.#end({ kind: "goto", to });
  }

  #deadEnd(terminator: Terminator): void {
    this.#end(terminator);
    this.#start(this.#newId());
  }

  #add(instr: Instr): void {
    this.#current.instrs.push(instr);
  }

  #list(body: readonly Stmt[]): void {
    for (const stmt of body) this.#statement(stmt);
  }

  #statement(stmt: Stmt): void {
    switch (stmt.kind) {
      case "native":
      case "let":
      case "pattern":
      case "assign":
      case "eval":
        return this.#add(stmt);
      case "suspend":
        return this.#suspend(stmt);
      case "start":
        return this.#save(stmt, {
          kind: "start",
          point: stmt.point,
          generator: stmt.generator,
          callee: stmt.callee,
          resume: resumeOf(stmt),
        });
      case "yield":
        return this.#save(stmt, {
          kind: "yield",
          point: stmt.point,
          generator: stmt.generator,
          value: stmt.value,
          raw: stmt.raw,
          resume: resumeOf(stmt),
        });
      case "if":
        return this.#if(stmt);
      case "block":
        return this.#block(stmt);
      case "loop":
        return this.#loop(stmt);
      case "switch":
        return this.#switch(stmt);
      case "try":
        return this.#try(stmt);
      case "break":
        return this.#deadEnd({ kind: "goto", to: this.#target(this.#breakTo, stmt.label) });
      case "continue":
        return this.#deadEnd({ kind: "goto", to: this.#target(this.#continueTo, stmt.label) });
      case "return":
        return this.#deadEnd({ kind: "return", value: stmt.value });
      case "throw":
        return this.#deadEnd({ kind: "throw", value: stmt.value });
      default:
        unreachable(stmt);
    }
  }

  #target(map: ReadonlyMap<Label, BlockId>, label: Label): BlockId {
    const id = map.get(label);
    assert(id !== undefined, "a jump to a label that does not enclose it");
    return id;
  }

  #suspend(stmt: Extract<Stmt, { kind: "suspend" }>): void {
    this.#save(stmt, { kind: "suspend", point: stmt.point, call: stmt.call, resume: resumeOf(stmt) });
  }

  #save(stmt: { readonly name: string }, end: Saving): void {
    this.#end(end);
    this.#start(end.resume);
    this.#add({ kind: "receive", name: stmt.name });
  }

  #if(stmt: Extract<Stmt, { kind: "if" }>): void {
    const yes = this.#newId();
    const after = this.#newId();
    const no = stmt.no ? this.#newId() : after;
    this.#end({ kind: "branch", test: stmt.test, yes, no });
    this.#start(yes);
    this.#list(stmt.yes);
    this.#goto(after);
    if (stmt.no) {
      this.#start(no);
      this.#list(stmt.no);
      this.#goto(after);
    }
    this.#start(after);
  }

  #block(stmt: Extract<Stmt, { kind: "block" }>): void {
    if (!stmt.label) return this.#list(stmt.body);
    const after = this.#newId();
    this.#breakTo.set(stmt.label, after);
    this.#list(stmt.body);
    this.#goto(after);
    this.#start(after);
  }

  #loop(stmt: Extract<Stmt, { kind: "loop" }>): void {
    this.#list(stmt.init);
    const head = this.#newId();
    const next = stmt.update || stmt.testLast ? this.#newId() : head;
    const exit = this.#newId();
    this.#breakTo.set(stmt.label, exit);
    this.#continueTo.set(stmt.label, next);
    this.#goto(head);
    this.#start(head);
    if (stmt.test && !stmt.testLast) {
      const body = this.#newId();
      this.#end({ kind: "branch", test: stmt.test, yes: body, no: exit });
      this.#start(body);
    }
    this.#list(stmt.body);
    this.#goto(next);
    if (next !== head) this.#loopEnd(stmt, next, head, exit);
    this.#start(exit);
  }

  #loopEnd(stmt: Extract<Stmt, { kind: "loop" }>, next: BlockId, head: BlockId, exit: BlockId): void {
    this.#start(next);
    if (stmt.update) this.#add({ kind: "eval", value: stmt.update });
    if (stmt.testLast && stmt.test) this.#end({ kind: "branch", test: stmt.test, yes: head, no: exit });
    else this.#goto(head);
  }

  /** Tests in order, then the clause; a clause falls through into the next. */
  #switch(stmt: Extract<Stmt, { kind: "switch" }>): void {
    const after = this.#newId();
    this.#breakTo.set(stmt.label, after);
    if (stmt.declares.length > 0) this.#add({ kind: "forget", names: stmt.declares });
    const subject = `$switch${++this.#temporaries}`;
    this.#add({ kind: "let", name: subject, declare: "const", value: stmt.subject });
    const bodies = stmt.cases.map(() => this.#newId());
    for (const [index, clause] of stmt.cases.entries()) {
      if (!clause.test) continue;
      const otherwise = this.#newId();
      this.#end({
        kind: "branch",
        test: factory.createStrictEquality(this.ref(subject), clause.test),
        yes: bodies[index]!,
        no: otherwise,
      });
      this.#start(otherwise);
    }
    const fallback = stmt.cases.findIndex((clause) => !clause.test);
    this.#goto(fallback < 0 ? after : bodies[fallback]!);
    for (const [index, clause] of stmt.cases.entries()) {
      this.#start(bodies[index]!);
      this.#list(clause.body);
      this.#goto(bodies[index + 1] ?? after);
    }
    this.#start(after);
  }

  #try(stmt: Extract<Stmt, { kind: "try" }>): void {
    const outer = this.#handler;
    const handler = this.#newId();
    const after = this.#newId();
    const body = this.#newId();
    this.#goto(body);
    this.#handler = handler;
    this.#start(body);
    this.#list(stmt.body);
    this.#goto(after);
    this.#handler = outer;
    this.#start(handler);
    this.#add({ kind: "catch", name: stmt.param });
    this.#list(stmt.handler);
    this.#goto(after);
    this.#start(after);
  }
}
