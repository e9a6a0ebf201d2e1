/** Traces and metrics of real workers, as an SDK exports them. Memory store, time under control. */
import { context, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { opentelemetry, type OpenTelemetryOptions } from "../../src/opentelemetry/index.js";
import { start } from "../../src/runtime/effects/child.js";
import { queue } from "../../src/runtime/effects/queue.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { step } from "../../src/runtime/effects/step.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import type { Telemetry } from "../../src/runtime/telemetry.js";
import type { Worker, WorkerOptions } from "../../src/runtime/worker.js";
import { done, fn, World } from "../runtime/kit.js";

const flows: Flow[] = [];
beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterEach(async () => {
  await Promise.all(flows.splice(0).map((flow) => flow.close()));
});
afterAll(() => context.disable());

/** What one process would have: an SDK and a flow. */
class Machine {
  readonly world: World;
  readonly flow: Flow;
  readonly tracer: Tracer;
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 1_000_000 });

  constructor(store: Store, world = new World(), options: OpenTelemetryOptions = {}) {
    this.world = world;
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: this.#spans })] });
    this.tracer = options.tracer ?? provider.getTracer("test");
    const meter = new MeterProvider({ readers: [this.#reader] }).getMeter("test");
    this.flow = open({ store, ports: world.ports, telemetry: opentelemetry({ meter, ...options, tracer: this.tracer }) });
    flows.push(this.flow);
  }

  worker(options: WorkerOptions = {}): Promise<Worker> {
    return this.flow.worker({ pollIntervalMs: 1_000, leaseMs: 1e12, graceMs: 1, ...options });
  }

  /** In the order in which they ended. */
  get spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  named(name: string): ReadableSpan {
    const found = this.spans.filter((span) => span.name === name);
    expect(found.map((span) => span.name)).toEqual([name]);
    return found[0]!;
  }

  /** The points of a metric: `value {attributes}`; of a histogram the number of values. */
  async metric(name: string): Promise<string[]> {
    this.#metrics.reset();
    await this.#reader.forceFlush();
    const all = this.#metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    const points = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    return points.map(({ value, attributes }) => {
      const shown = typeof value === "number" ? value : value.count;
      return `${shown} ${Object.values(attributes).join(" ")}`.trim();
    });
  }
}

const tracers: Tracer[] = [];
const greet = step(
  async (name: string) => {
    const inner = tracers[0]!.startSpan(`greeting ${name}`);
    await Promise.resolve();
    tracers[0]!.startSpan("after an await").end();
    inner.end();
    return `hello ${name}`;
  },
  { name: "greet" },
);
const twice = fn("twice", [() => greet("ada"), () => sleep("10 minutes"), () => greet("bob"), (_, value) => done(value)]);

const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;
const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;

test("a run that two workers share has one trace: its root, the attempts of both below it, and below these what their bodies trace", async () => {
  const store = memory();
  const world = new World();
  const first = new Machine(store, world);
  const second = new Machine(store, world);
  tracers[0] = first.tracer;
  const worker = await first.worker();
  await first.flow.start(twice, [], { id: "r" });
  await world.pass(1_000);
  await worker.stop();
  tracers[0] = second.tracer;
  await second.worker();
  await world.pass(600_000);

  expect(first.spans.map(({ name }) => name)).toEqual(["start twice", "after an await", "greeting ada", "step greet"]);
  expect(second.spans.map(({ name }) => name)).toEqual(["after an await", "greeting bob", "step greet", "run twice"]);
  const root = second.named("run twice");
  expect(root.parentSpanContext).toBeUndefined();
  for (const machine of [first, second]) {
    const attempt = machine.named("step greet");
    expect([traceOf(attempt), parentOf(attempt)]).toEqual([traceOf(root), idOf(root)]);
    for (const inner of machine.spans.filter(({ name }) => name.startsWith("greeting") || name.startsWith("after")))
      expect([traceOf(inner), parentOf(inner)]).toEqual([traceOf(root), idOf(attempt)]);
  }
  expect(root.attributes).toMatchObject({
    "flowc.run.id": "r",
    "flowc.workflow": "test/program.ts#twice",
    "flowc.status": "completed",
  });
  expect(root.status.code).toBe(SpanStatusCode.UNSET);
  const ms = ([seconds, nanos]: readonly number[]): number => seconds! * 1_000 + nanos! / 1e6;
  expect(ms(root.startTime)).toBe(1_700_000_000_000);
  expect(ms(root.endTime) - ms(root.startTime)).toBeGreaterThanOrEqual(600_000);
  expect(second.named("step greet").attributes).toMatchObject({
    "flowc.run.id": "r",
    "flowc.workflow": "test/program.ts#twice",
    "flowc.step": "greet",
    "flowc.attempt": 1,
    "flowc.idempotency_key": "r:2",
  });
  expect(first.named("step greet").attributes["flowc.worker.id"]).not.toBe(
    second.named("step greet").attributes["flowc.worker.id"],
  );
});

const remote = step(() => "done", { name: "remote", queue: queue("otel.queue") });

test("an attempt in a queue, on a worker that knows nothing else of the run, is in its trace", async () => {
  const store = memory();
  const world = new World();
  const [runs, steps] = [new Machine(store, world), new Machine(store, world)];
  await runs.worker({ queues: [] });
  await steps.worker({ runs: false });
  await runs.flow.start(fn("asks", [() => remote(), () => done()]), [], { id: "q" });
  await world.pass(10_000);
  const [attempt, root] = [steps.named("step remote"), runs.named("run asks")];
  expect([traceOf(attempt), parentOf(attempt)]).toEqual([traceOf(root), idOf(root)]);
  expect(attempt.attributes).toMatchObject({ "flowc.queue": "otel.queue", "flowc.run.id": "q" });
});

test("whoever starts a run has a span of that in their own trace, with a link to the run's; so has the parent of a child, and the child one back", async () => {
  const machine = new Machine(memory());
  await machine.worker();
  const child = fn("child", [() => done("grown up")]);
  const family = fn("family", [() => done(start(child, [], { id: "c" }).id)]);
  await machine.tracer.startActiveSpan("POST /orders", async (span) => {
    await machine.flow.start(family, [], { id: "p" });
    await machine.flow.start(family, [], { id: "p" });
    span.end();
  });
  await machine.world.pass(5_000);
  const [request, started, parent] = [machine.named("POST /orders"), machine.named("start family"), machine.named("run family")];
  expect([traceOf(started), parentOf(started)]).toEqual([traceOf(request), idOf(request)]);
  const links = (span: ReadableSpan): string[] => span.links.map((link) => `${link.context.traceId} ${link.context.spanId}`);
  const context_ = (span: ReadableSpan): string => `${traceOf(span)} ${idOf(span)}`;
  expect(links(started)).toEqual([context_(parent)]);
  expect(links(parent)).toEqual([]);
  const [begun, grown] = [machine.named("start child"), machine.named("run child")];
  expect([traceOf(begun), parentOf(begun), links(begun)]).toEqual([traceOf(parent), idOf(parent), [context_(grown)]]);
  expect([links(grown), grown.attributes["flowc.run.parent"]]).toEqual([[context_(parent)], "p"]);
  expect(traceOf(grown)).not.toBe(traceOf(parent));
});

let failures = 0;
const flaky = step(
  () => {
    if (++failures <= 2) throw new RangeError("out of stock");
    return "ok";
  },
  { name: "flaky", retry: { attempts: 2, backoff: 1_000, jitter: 0 } },
);
const fragile = fn("fragile", [() => flaky(), () => done()]);
const slow = step(() => new Promise<never>(() => undefined), { name: "slow", retry: false, timeout: "2 seconds" });

test("what fails is an error in its span and in the root; a run that ends again after a retry has its root again", async () => {
  failures = 0;
  const machine = new Machine(memory());
  await machine.worker();
  const run = await machine.flow.start(fragile, [], { id: "f" });
  await machine.world.pass(5_000);
  const failed = machine.spans.filter(({ name }) => name === "step flaky");
  expect(failed.map(({ attributes, status }) => [attributes["flowc.attempt"], status.code, status.message])).toEqual([
    [1, SpanStatusCode.ERROR, "out of stock"],
    [2, SpanStatusCode.ERROR, "out of stock"],
  ]);
  expect(failed[0]!.events).toMatchObject([{ name: "exception", attributes: { "exception.type": "RangeError" } }]);
  const before = machine.named("run fragile");
  expect(before.status).toEqual({ code: SpanStatusCode.ERROR, message: expect.stringContaining("out of stock") });
  await run.retry();
  await machine.world.pass(5_000);
  const roots = machine.spans.filter(({ name }) => name === "run fragile");
  expect(roots.map(({ attributes }) => attributes["flowc.status"])).toEqual(["failed", "completed"]);
  expect(idOf(roots[1]!)).toBe(idOf(before));

  await machine.flow.start(fn("slowly", [() => slow(), () => done()]), []);
  await machine.world.pass(5_000);
  expect(machine.named("step slow").status.message).toBe("step slow: attempt 1 was given up after 2 s");
  const cancelled = await machine.flow.start(fn("lazily", [() => slow(), () => done()]), [], { id: "x" });
  await machine.world.settle();
  await cancelled.cancel();
  await machine.world.pass(1_500);
  const aborted = machine.spans.find(
    ({ attributes }) => attributes["flowc.run.id"] === "x" && attributes["flowc.step"] === "slow",
  )!;
  expect([aborted.status.code, aborted.attributes["flowc.aborted"]]).toEqual([SpanStatusCode.UNSET, expect.any(String)]);
  expect(machine.named("run lazily")).toMatchObject({
    status: { code: SpanStatusCode.UNSET },
    attributes: { "flowc.status": "cancelled" },
  });
});

test("metrics: runs, attempts, commits, and what is in memory", async () => {
  failures = 0;
  tracers[0] = trace.getTracer("none");
  const machine = new Machine(memory());
  const worker = await machine.worker({ parkAfterMs: 1e12 });
  await machine.flow.start(fragile, []);
  await machine.flow.start(twice, []);
  await machine.world.pass(5_000);
  expect(await machine.metric("flowc.runs.started")).toEqual(["1 test/program.ts#fragile", "1 test/program.ts#twice"]);
  expect(await machine.metric("flowc.runs.ended")).toEqual(["1 test/program.ts#fragile failed"]);
  expect(await machine.metric("flowc.runs.in_memory")).toEqual(["1"]);
  await machine.world.pass(600_000);
  expect(await machine.metric("flowc.runs.ended")).toEqual([
    "1 test/program.ts#fragile failed",
    "1 test/program.ts#twice completed",
  ]);
  expect(await machine.metric("flowc.step.attempts")).toEqual(["2 flaky failed", "2 greet succeeded"].toSorted());
  expect(await machine.metric("flowc.step.duration")).toEqual(["2 flaky failed", "2 greet succeeded"].toSorted());
  const number = async (name: string): Promise<number> => Number((await machine.metric(name))[0]);
  const versions = (await machine.flow.runs()).reduce((sum, { version }) => sum + version, 0);
  expect(await number("flowc.commits")).toBe(versions);
  expect(await number("flowc.commit.duration")).toBeGreaterThan(0);
  expect(await number("flowc.commit.duration")).toBeLessThanOrEqual(versions);
  expect(await number("flowc.commit.bytes")).toBeGreaterThan(100);
  await worker.stop();
  expect(await machine.metric("flowc.runs.in_memory")).toEqual(["0"]);
});

test("all workers decide the same about whether a run is traced", async () => {
  tracers[0] = trace.getTracer("none");
  const store = memory();
  const world = new World();
  const machines = [new Machine(store, world, { sampleRatio: 0.5 }), new Machine(store, world, { sampleRatio: 0.5 })];
  const quick = fn("quick", [() => greet("x"), () => done()]);
  const worker = await machines[0]!.worker();
  for (let n = 0; n < 40; n++) await machines[0]!.flow.start(quick, [], { id: `run-${n}` });
  await world.pass(5_000);
  await worker.stop();
  const names = machines[0]!.spans.filter(({ name }) => name !== "start quick");
  const traced = new Set(names.map(({ attributes }) => attributes["flowc.run.id"]));
  expect(traced.size).toBeGreaterThan(5);
  expect(traced.size).toBeLessThan(35);
  // Whole, or not at all.
  for (const run of traced) expect(names.filter(({ attributes }) => attributes["flowc.run.id"] === run)).toHaveLength(2);
  expect(() => opentelemetry({ sampleRatio: 2 })).toThrow("from 0 to 1");
});

test("spans whose context cannot be given ids are in the trace all the same; without an SDK nothing happens at all", async () => {
  const machine = new Machine(memory());
  const strict = new Proxy(machine.tracer, {
    get: (target, key) =>
      key !== "startSpan"
        ? (Reflect.get(target, key) as unknown)
        : (...args: Parameters<Tracer["startSpan"]>) => {
            const span = target.startSpan(...args);
            const frozen = Object.freeze({ ...span.spanContext() });
            return new Proxy(span, { get: (inner, name) => (name === "spanContext" ? () => frozen : bound(inner, name)) });
          },
  });
  const world = new World();
  const other = new Machine(memory(), world, { tracer: strict });
  tracers[0] = machine.tracer;
  await other.worker();
  await other.flow.start(fn("quickly", [() => greet("x"), () => done()]), [], { id: "z" });
  await world.pass(5_000);
  const attempt = machine.named("step greet");
  expect([traceOf(machine.named("run quickly")), parentOf(machine.named("run quickly"))]).toEqual([
    traceOf(attempt),
    parentOf(attempt),
  ]);

  const none = open({ store: memory(), ports: world.ports, telemetry: opentelemetry() });
  flows.push(none);
  await none.worker({ pollIntervalMs: 1_000, leaseMs: 1e12, graceMs: 1 });
  const run = await none.start(fn("silently", [() => greet("x"), () => done("fine")]), []);
  await world.pass(5_000);
  expect(await run.result()).toBe("fine");
  expect(trace.getTracer("x").startSpan("y").spanContext().traceId).toBe("0".repeat(32));
});

function bound(target: object, key: string | symbol): unknown {
  const member: unknown = Reflect.get(target, key);
  return typeof member === "function" ? (member.bind(target) as unknown) : member;
}

test("telemetry that fails is a warning in the log, and the runs go on", async () => {
  const broken = (): never => {
    throw new Error("no space left");
  };
  const telemetry: Telemetry = {
    created: broken,
    started: broken,
    ended: broken,
    commit: () => broken,
    worker: () => broken,
    attempt: () => ({ around: (body) => body(), ended: broken }),
  };
  tracers[0] = trace.getTracer("none");
  for (const each of [telemetry, { ...telemetry, attempt: broken, commit: broken, worker: broken }]) {
    const world = new World();
    const flow = open({ store: memory(), ports: world.ports, telemetry: each });
    flows.push(flow);
    const worker = await flow.worker({ pollIntervalMs: 1_000, leaseMs: 1e12, graceMs: 1 });
    const run = await flow.start(fn("bravely", [() => greet("x"), (_, value) => done(value)]), []);
    await world.pass(5_000);
    expect(await run.result()).toBe("hello x");
    await worker.stop();
    expect(new Set(world.warnings)).toEqual(new Set(["telemetry failed"]));
  }
});
