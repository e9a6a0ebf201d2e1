/** `npm run bench [code|store|map|children|postgres|state|process|codec]…`: prints ratios, never fails on a number. */
import { benchChildren } from "./children.ts";
import { benchCode } from "./code.ts";
import { benchCodec } from "./codec.ts";
import { benchMap } from "./map.ts";
import { benchPostgres } from "./postgres.ts";
import { benchProcess } from "./process.ts";
import { benchState } from "./state.ts";
import { benchStore } from "./store.ts";

const suites: Record<string, () => void | Promise<void>> = {
  code: benchCode,
  store: benchStore,
  map: benchMap,
  children: benchChildren,
  postgres: benchPostgres,
  state: benchState,
  process: benchProcess,
  codec: benchCodec,
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(", ")}; there are ${Object.keys(suites).join(", ")}`);
for (const [name, suite] of Object.entries(suites)) if (wanted.length === 0 || wanted.includes(name)) await suite();
