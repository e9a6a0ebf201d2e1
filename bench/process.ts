/** What a person waits for: the start of a bundled program, and the time compiling adds to type-checking. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { compile } from "../dist/transform/index.js";
import { heading, median, report, scratch, time } from "./lib.ts";

export function benchProcess(): void {
  heading("cold start of a bundled hello world, Node included");
  const bundle = path.join(scratch, "hello.mjs");
  const hello = path.join(import.meta.dirname, "programs/hello.ts");
  const cli = path.resolve(import.meta.dirname, "../bin/flowc.mjs");
  const built = spawnSync(process.execPath, [cli, "compile", hello, "--bundle", bundle], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(built.stderr + built.stdout);
  const own: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < 11; i++) {
    bare.push(time(() => run(["-e", "0"])));
    own.push(time(() => run([bundle])));
  }
  report("node with an empty program", median(bare), "ms");
  report("hello", median(own), "ms", { bound: 150 });
  heading("compiling examples/checkout");
  const added: number[] = [];
  for (let i = 0; i < 5; i++) {
    const { timing } = compile({ files: [path.resolve(import.meta.dirname, "../examples/checkout/checkout.ts")] });
    added.push(timing.flowc / timing.typescript);
  }
  report("time flowc adds / type-checking", median(added), "×", { bound: 0.5 });
}

function run(args: readonly string[]): void {
  const done = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
}
