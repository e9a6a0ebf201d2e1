import { run } from "./run-why.mjs";
console.log(JSON.stringify(await run(process.argv[2])).slice(0,600));
console.log([...(globalThis.why??[])].sort((a,b)=>b[1]-a[1]).slice(0,15));
