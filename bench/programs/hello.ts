import { memory, open, step } from "flowc";

const greet = step((name: string) => `hello ${name}`);

export function hello(name: string): string {
  return greet(name);
}

const flow = open({ store: memory() });
const worker = await flow.worker();
console.log(await (await flow.start(hello, ["world"])).result());
await worker.stop();
await flow.close();
