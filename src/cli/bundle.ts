import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { flowc } from "../plugin/esbuild.js";
import { BUNDLED_HOST } from "../plugin/load.js";

/** For packages that are CommonJS and require modules of Node, such as `pg`. The bundler keeps that name free. */
const REQUIRE = `import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);`;

/** One self-contained ES module: the program, the runtime, and the host API under a name of its own for `flowc run` and `flowc worker`. */
export async function bundle(entry: string, outfile: string, project: string | undefined): Promise<string[]> {
  const source = path.resolve(entry);
  const target = path.resolve(outfile);
  const host = fileURLToPath(new URL("../plugin/host.js", import.meta.url));
  await build({
    stdin: {
      contents: `export * from ${JSON.stringify(source)};\nexport * as ${BUNDLED_HOST} from ${JSON.stringify(host)};\n`,
      resolveDir: path.dirname(source),
      sourcefile: "flowc-bundle.js",
    },
    outfile: target,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: "linked",
    banner: { js: REQUIRE },
    logLevel: "silent",
    plugins: [flowc({ files: [source], ...(project !== undefined && { project }) })],
  });
  return [target, `${target}.map`];
}
