/** The machine: what a frame keeps, where it goes on, and how it is resumed. */
import type { Mutant } from "../mutant.ts";

export const MACHINE: readonly Mutant[] = [
  {
    name: "killed-too-early",
    what: "a variable that an instruction reads and overwrites is not live before it",
    file: "src/transform/5-shape/liveness.ts",
    find: "for (const name of defines(instr)) live.delete(name);\n    for (const name of uses.inInstr(instr)) live.add(name);",
    replace: "for (const name of uses.inInstr(instr)) live.add(name);\n    for (const name of defines(instr)) live.delete(name);",
  },
  {
    name: "handler-needs-nothing",
    what: "what a handler needs is not live in the blocks it guards",
    file: "src/transform/5-shape/liveness.ts",
    find: "if (block.handler !== undefined) for (const name of liveIn.get(block.handler)!) live.add(name);",
    replace: "",
  },
  {
    name: "ends-need-nothing",
    what: "what the end of a block reads (a call, a test, a returned value) is not live in it",
    file: "src/transform/5-shape/liveness.ts",
    find: "for (const name of uses.inTerminator(block.terminator)) live.add(name);",
    replace: "",
  },
  {
    name: "liveness-in-one-pass",
    what: "what a later round of a loop needs is not live in the rounds before",
    file: "src/transform/5-shape/liveness.ts",
    find: "liveIn.set(block.id, live);\n      changed = true;",
    replace: "liveIn.set(block.id, live);",
  },
  {
    name: "this-not-kept",
    what: "a frame does not keep its receiver",
    file: "src/transform/6-emit/fast.ts",
    find: "if (options.savesThis) args.push(factory.createThis());",
    replace: "if (options.savesThis) args.push(factory.createVoidZero());",
  },
  {
    name: "point-used-twice",
    what: "two suspensions of a function have one point",
    file: "src/transform/3-desugar/desugarer.ts",
    find: "id: this.points.length as PointId",
    replace: "id: Math.min(this.points.length, 1) as PointId",
  },
  {
    name: "error-resumes-as-value",
    what: "an error that a frame ended with is given to the frame below as a value",
    file: "src/runtime/execute.ts",
    find: "mode = RESUME_THROW;\n      continue;",
    replace: "mode = RESUME_NEXT;\n      continue;",
  },
  {
    name: "modes-swapped",
    what: "a frame is resumed with a value as if it were an error",
    file: "src/runtime/execute.ts",
    find: "mode = RESUME_NEXT;\n    } catch",
    replace: "mode = RESUME_THROW;\n    } catch",
  },
  {
    name: "throws-at-every-point",
    what: "an activation that was resumed by an error throws at each later point as well",
    file: "src/transform/6-emit/resume.ts",
    find: "factory.createBlock([reset, factory.createThrowStatement(id(this.names.value))]),",
    replace: "factory.createBlock([factory.createThrowStatement(id(this.names.value)), reset]),",
  },
  {
    name: "frames-reversed",
    what: "the frames of a suspension are kept innermost first",
    file: "src/runtime/execute.ts",
    find: "at = at.inner) strand.frames.push(at.frame);",
    replace: "at = at.inner) strand.frames.unshift(at.frame);",
  },
  {
    name: "inner-frames-lost",
    what: "a frame that is saved drops those inside it",
    file: "src/runtime/suspend.ts",
    find: "inner: current.stack };",
    replace: "inner: undefined };",
  },
];
