/** The part of the specification of a store that is about schedules. */
import { describe, expect, test } from "vitest";
import type { Store, StoredSchedule } from "../../src/runtime/store/store.js";
import { type Bench, bytes, ids, message, newRun, text } from "./kit.js";

function newSchedule(name: string, over: Partial<StoredSchedule> = {}): StoredSchedule {
  return {
    name,
    workflow: "src/a.ts#report",
    version: "v1",
    dueAt: 5_000,
    definition: `{"of":"${name}"}`,
    args: bytes("[1]"),
    ...over,
  };
}

const names = (schedules: readonly StoredSchedule[]): string[] => schedules.map(({ name }) => name);

export function describeSchedules(bench: () => Bench): void {
  const store = (): Store => bench().store;
  const due = (now: number, over: Partial<Parameters<Store["dueSchedules"]>[0]> = {}): ReturnType<Store["dueSchedules"]> =>
    store().dueSchedules({ now, workflows: ["src/a.ts#report"], limit: 100, ...over });

  describe("a schedule", () => {
    test("is found as it was written", async () => {
      expect(await store().putSchedule(newSchedule("nightly"), undefined)).toBe("written");
      const { args, ...rest } = (await store().getSchedule("nightly"))!;
      expect([rest.dueAt, rest.version, rest.workflow, rest.definition, text(args)]).toEqual([
        5_000,
        "v1",
        "src/a.ts#report",
        '{"of":"nightly"}',
        "[1]",
      ]);
      expect(await store().getSchedule("daily")).toBeUndefined();
    });

    test("is written by who knows its version, and by nobody else", async () => {
      await store().putSchedule(newSchedule("nightly"), undefined);
      expect(await store().putSchedule(newSchedule("nightly", { version: "v2" }), undefined)).toBe("superseded");
      expect(await store().putSchedule(newSchedule("nightly", { version: "v2" }), "v0")).toBe("superseded");
      expect(await store().putSchedule(newSchedule("daily"), "v1")).toBe("superseded");
      expect((await store().getSchedule("nightly"))!.version).toBe("v1");
      const changed = newSchedule("nightly", { version: "v2", dueAt: undefined, definition: "{}", args: bytes("[2]") });
      expect(await store().putSchedule(changed, "v1")).toBe("written");
      const { args, ...rest } = (await store().getSchedule("nightly"))!;
      expect([rest.version, rest.dueAt, rest.definition, text(args)]).toEqual(["v2", undefined, "{}", "[2]"]);
    });

    test("two at once who know the version: one writes", async () => {
      await store().putSchedule(newSchedule("nightly"), undefined);
      const answers = await Promise.all(
        ["a", "b", "c"].map((version) => store().putSchedule(newSchedule("nightly", { version }), "v1")),
      );
      expect(answers.toSorted()).toEqual(["superseded", "superseded", "written"]);
    });

    test("is taken out, and may be made again", async () => {
      await store().putSchedule(newSchedule("nightly"), undefined);
      expect([await store().deleteSchedule("nightly"), await store().deleteSchedule("nightly")]).toEqual([true, false]);
      expect(await store().getSchedule("nightly")).toBeUndefined();
      expect(await store().putSchedule(newSchedule("nightly", { version: "v2" }), "v1")).toBe("superseded");
      expect(await store().putSchedule(newSchedule("nightly", { version: "v2" }), undefined)).toBe("written");
    });

    test("all of them, by name", async () => {
      for (const name of ["b", "a", "C"]) await store().putSchedule(newSchedule(name), undefined);
      expect(names(await store().listSchedules())).toEqual(["C", "a", "b"]);
    });

    test("I4: starts runs and sends messages together with what is written, or not at all", async () => {
      await store().createRun(newRun("before"));
      await store().putSchedule(newSchedule("nightly"), undefined);
      const outward = { starts: [newRun("nightly@1"), newRun("before", { workflow: "other#one" })], sends: [message("before")] };
      expect(await store().putSchedule(newSchedule("nightly", { version: "v2" }), "v0", outward)).toBe("superseded");
      expect(ids(await store().listRuns({}))).toEqual(["before"]);
      expect(await store().putSchedule(newSchedule("nightly", { version: "v2" }), "v1", outward)).toBe("written");
      expect(ids(await store().listRuns({}))).toEqual(["nightly@1", "before"]);
      expect((await store().getRun("before"))!.workflow).toBe(newRun("before").workflow);
      await bench().register("w1");
      const claimed = await bench().claim("w1");
      expect(claimed.map(({ id, messages }) => [id, messages.length])).toEqual([
        ["before", 1],
        ["nightly@1", 0],
      ]);
      expect(text(claimed[1]!.image)).toBe("image of nightly@1");
    });
  });

  describe("schedules that are due", () => {
    test("the longest due first, of these workflows, and when the next one is", async () => {
      await store().putSchedule(newSchedule("a", { dueAt: 7_000 }), undefined);
      await store().putSchedule(newSchedule("b", { dueAt: 5_000 }), undefined);
      await store().putSchedule(newSchedule("c", { dueAt: 1_000, workflow: "src/b.ts#other" }), undefined);
      await store().putSchedule(newSchedule("d", { dueAt: undefined }), undefined);
      const at = async (now: number, workflows?: readonly string[]): Promise<unknown[]> => {
        const { due: found, nextAt } = await due(now, workflows && { workflows });
        return [names(found), nextAt];
      };
      expect(await at(4_999)).toEqual([[], 5_000]);
      expect(await at(5_000)).toEqual([["b"], 7_000]);
      expect(await at(9_000)).toEqual([["b", "a"], undefined]);
      expect(await at(9_000, [])).toEqual([[], undefined]);
      expect(await at(9_000, ["src/b.ts#other", "src/a.ts#report"])).toEqual([["c", "b", "a"], undefined]);
    });

    test("no more than asked for", async () => {
      for (const name of ["a", "b", "c"]) await store().putSchedule(newSchedule(name), undefined);
      expect((await due(5_000, { limit: 2 })).due).toHaveLength(2);
    });
  });
}
