import { afterAll } from "vitest";
import { run } from "../suite.js";
import { ClockedSchema, serverUrl } from "./server.js";

const schema = await ClockedSchema.create(await serverUrl());
afterAll(() => schema.remove());

run("in PostgreSQL", { manyWorkers: true }, () => schema);
