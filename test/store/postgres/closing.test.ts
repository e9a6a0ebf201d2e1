import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Schema, serverUrl } from "./server.js";

const dist = path.resolve(import.meta.dirname, "../../../dist");

test("a program whose last act is to close the store ends after it, and as it should", async () => {
  const schema = new Schema(await serverUrl());
  const folder = mkdtempSync(path.join(tmpdir(), "flowc-closing-"));
  try {
    const file = path.join(folder, "program.mjs");
    const from = (module: string): string => JSON.stringify(pathToFileURL(path.join(dist, module)).href);
    writeFileSync(
      file,
      `import { open } from ${from("index.js")};
       import { postgres } from ${from("runtime/store/postgres/index.js")};
       const flow = open({ store: postgres(${JSON.stringify(schema.server)}, { schema: ${JSON.stringify(schema.name)} }) });
       await flow.worker();
       await flow.close();
       console.log("closed");`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe("closed\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await schema.destroy();
  }
});
