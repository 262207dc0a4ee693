import { describe, expect, test } from "vitest";
import type { AnyMachineSnapshot } from "xstate";
import { registry } from "../../machines/index.ts";
import { stateName } from "../../src/control/recorder.ts";
import { plans } from "./plans.ts";
import { leavesOf, nodesOf, walk } from "./walk.ts";

const find = (name: string) => {
  const entry = registry.find((each) => each.name === name);
  const plan = plans[name];
  if (entry === undefined || plan === undefined) throw new Error(`${name} has no entry in the registry, or no plan`);
  return walk(entry.machine, plan);
};

describe.each(registry.map(({ name, machine }) => ({ name, machine })))("the walk of $name", ({ name, machine }) => {
  const walked = find(name);

  test("rests in every state it declares", () => {
    expect(leavesOf(machine).filter((leaf) => !walked.reached.has(leaf))).toEqual([]);
  });

  test("takes every transition it declares", () => {
    expect(walked.untaken).toEqual([]);
  });

  test("describes every state in a sentence", () => {
    const silent = nodesOf(machine.root).filter(
      ({ parent, description }) => parent !== undefined && !description?.endsWith("."),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test("knows since when and why it is in each state", () => {
    for (const { after } of walked.edges) {
      expect(Number.isFinite(after.context.since)).toBe(true);
      expect(after.context.cause.actor).toMatch(/^\w/);
    }
  });
});

describe("in every step of", () => {
  test("a breaker, the generation grows exactly when it begins or ceases to let calls through", () => {
    const passes = (value: unknown) => value === "closed" || value === "disabled";
    for (const { before, event, after } of find("breaker").edges) {
      const turned = passes(before.value) !== passes(after.value);
      expect(
        after.context.generation - before.context.generation,
        `${JSON.stringify(before.value)} on ${event.type}`,
      ).toBe(turned ? 1 : 0);
      expect(after.context.passing).toBe(passes(after.value));
    }
  });

  test("a breaker, an open one has raised its condition and one that lets calls through has not", () => {
    for (const { after } of find("breaker").edges) {
      const state = typeof after.value === "string" ? after.value : Object.keys(after.value)[0];
      if (state === "closed" || state === "disabled") expect(after.context.alarmed).toBe(false);
      if (state === "open" || state === "misconfigured" || state === "forced_open")
        expect(after.context.alarmed).toBe(true);
    }
  });

  test("a breaker, only a probe of its own closes it", () => {
    for (const { before, event, after } of find("breaker").edges)
      if (after.value === "closed" && before.value !== "closed") expect(event.type).toMatch(/^xstate\.done\.actor\./);
  });

  test("a drain, only a person ends a dispute", () => {
    for (const { before, event, after } of find("drain").edges)
      if (before.context.dispute !== null && after.context.dispute === null) expect(event.type).toBe("drain.accept");
    for (const { after } of find("drain").edges) if (after.value === "empty") expect(after.context.dispute).toBeNull();
  });

  const pathOf = (value: unknown) => stateName(value).split(".")[0];

  test("an incident, attempts fall only when it is quiet or becomes so", () => {
    for (const { before, event, after } of find("incident").edges)
      if (after.context.attempts < before.context.attempts)
        expect(pathOf(after.value), `${JSON.stringify(before.value)} on ${event.type}`).toBe("quiet");
  });

  test("an incident, it is quiet only when its condition is not raised", () => {
    for (const { after } of find("incident").edges)
      if (pathOf(after.value) === "quiet") expect(after.context.raised).toBe(false);
  });

  test("an incident, a remedy has helped only when the condition went while it was verified", () => {
    const lastResult = ({ context }: AnyMachineSnapshot) => context.remedies.at(-1)?.result;
    for (const { before, event, after } of find("incident").edges) {
      if (lastResult(after) !== "helped" || lastResult(before) === "helped") continue;
      expect(pathOf(before.value)).toBe("verifying");
      expect(event).toMatchObject({ type: "conditions.told", raised: [] });
    }
  });

  test("an incident, a remedy is at work exactly while it is attempting one", () => {
    for (const { after } of find("incident").edges)
      expect(after.context.remedies.at(-1)?.result === "at_work").toBe(pathOf(after.value) === "attempting");
  });

  test("an incident, every remedy that did not help counts, and no other", () => {
    const failed = ({ context }: AnyMachineSnapshot) => context.remedies.at(-1)?.result === "failed";
    for (const { before, after } of find("incident").edges) {
      const failsNow = failed(after) && !failed(before);
      const forgotten = pathOf(after.value) === "quiet";
      if (!forgotten) expect(after.context.attempts - before.context.attempts).toBe(failsNow ? 1 : 0);
    }
  });

  test("an incident, no remedy begins while auto recovery is off", () => {
    for (const { before, after } of find("incident").edges)
      if (pathOf(after.value) === "attempting" && pathOf(before.value) !== "attempting")
        expect(after.context.enabled).toBe(true);
  });

  test.each(["probe_request", "reconnect", "memory_relief", "worker_restart", "page"])(
    "%s, it says that it helped only in its good end",
    (name) => {
      const good = ["answered", "connected", "relieved", "restarted"];
      for (const { after } of find(name).edges)
        if (after.status === "done") expect(after.output).toMatchObject({ ok: good.includes(String(after.value)) });
    },
  );

  test("an incident, a resume neither counts an attempt nor moves it elsewhere", () => {
    for (const { before, event, after } of find("incident").edges) {
      if (event.type !== "resume") continue;
      expect(after.value).toEqual(before.value);
      expect(after.context.attempts).toBe(before.context.attempts);
    }
  });
});

/** Without a record, and so never resumed: invoked by an incident, or above those that have one. */
const NOT_SUPERVISED = ["root", "supervisor", "probe_request", "reconnect", "memory_relief", "worker_restart", "page"];

describe("a lint of the registry", () => {
  const supervised = registry.filter(({ name }) => !NOT_SUPERVISED.includes(name));

  test("finds every state of a restored machine entering anew on resume, which starts its delays and its actors", () => {
    const forgotten = supervised.flatMap(({ machine }) =>
      nodesOf(machine.root)
        .filter(({ type, always = [] }) => type === "atomic" && always.length === 0)
        .filter((node) => {
          const [resumed] = node.transitions.get("resume") ?? [];
          // A closed breaker goes to probing: a state entered anew as well.
          return resumed?.target?.[0] === undefined || (resumed.target[0] === node && !resumed.reenter);
        })
        .map(({ id }) => id),
    );
    expect(forgotten).toEqual([]);
  });

  test("finds nothing that waits or acts outside a state that resumes", () => {
    const compound = supervised.flatMap(({ machine }) =>
      nodesOf(machine.root).filter(({ type }) => type !== "atomic" && type !== "final"),
    );
    expect(compound.filter(({ after, invoke }) => after.length > 0 || invoke.length > 0).map(({ id }) => id)).toEqual(
      [],
    );
  });

  test("finds a plan for every machine, and no plan for none", () => {
    expect(Object.keys(plans).toSorted()).toEqual(registry.map(({ name }) => name).toSorted());
  });
});
