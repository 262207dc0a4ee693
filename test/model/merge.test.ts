import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AdmissionDecision } from "../../machines/contracts/admission-policy.ts";
import type { BreakerChanged } from "../../machines/contracts/breaker-events.ts";
import { BREAKER_STATES } from "../../machines/contracts/breaker.ts";
import type { Contribution, ModeChanged } from "../../machines/contracts/mode-events.ts";
import { type Mode, MODES } from "../../machines/contracts/modes.ts";
import { PRIORITIES } from "../../machines/contracts/priority.ts";
import { type Facts, noFacts } from "../../machines/facts.ts";
import { mergeAdmissionPolicy } from "../../machines/merge-admission-policy.ts";

const cause = { actor: "test", what: "drawn" };
const DEPENDENCIES = ["graph", "search"];

const decision = fc.constantFrom<AdmissionDecision>("run", "queue", "refuse");
const contribution: fc.Arbitrary<Contribution> = fc.record(
  {
    byPriority: fc.record(
      { critical: decision, high: decision, normal: decision, low: decision, deferred: decision },
      { requiredKeys: [] },
    ),
    concurrencyFactor: fc.constantFrom(0.25, 0.5, 1),
    batchFactor: fc.constantFrom(0.1, 0.5, 1),
    attemptTimeoutFactor: fc.constantFrom(1, 2, 3),
    backlogShare: fc.constantFrom(0, 0.25, 0.5),
  },
  { requiredKeys: [] },
);
const modes: fc.Arbitrary<ModeChanged[]> = fc.uniqueArray(
  fc.record({
    type: fc.constant("mode.changed" as const),
    id: fc.nat(20).map((n) => `mode-${n}`),
    mode: fc.constantFrom(...MODES),
    dependency: fc.constantFrom(null, ...DEPENDENCIES),
    step: fc.constant("in_force"),
    since: fc.constant(1),
    at: fc.constant(1),
    cause: fc.nat(9).map((n) => ({ actor: `actor-${n}`, what: "drawn" })),
    inForce: fc.boolean(),
    contribution,
  }),
  { selector: ({ id }) => id, maxLength: 8 },
);
const breaker = (dependency: string): fc.Arbitrary<BreakerChanged | undefined> =>
  fc.option(
    fc.constantFrom(...BREAKER_STATES).map((state) => ({
      type: "breaker.changed" as const,
      at: 1,
      cause,
      dependency,
      state,
      since: 1,
      generation: 3,
      alarmed: false,
      probesFailed: 0,
      probedAt: null,
      nextProbeAt: null,
      lastFailure: null,
    })),
    { nil: undefined },
  );

const factsOf = (
  told: readonly ModeChanged[],
  breakers: readonly (BreakerChanged | undefined)[] = [],
  down: readonly string[] = [],
): Facts => ({
  ...noFacts,
  modes: Object.fromEntries(told.map((mode) => [mode.id, mode])),
  breakers: Object.fromEntries(breakers.flatMap((each) => (each === undefined ? [] : [[each.dependency, each]]))),
  falls: Object.fromEntries(
    down.map((dependency) => [
      `breaker:${dependency}`,
      {
        type: "actor.fallen" as const,
        at: 1,
        cause,
        id: `breaker:${dependency}`,
        falls: 1,
        givenUp: false,
        down: true,
      },
    ]),
  ),
});

const pinned = (mode: Mode, told: readonly ModeChanged[]): Facts => ({
  ...factsOf(told),
  pin: {
    type: "pin.changed",
    at: 1,
    cause,
    state: "held",
    since: 1,
    pin: { mode, owner: "anna", reason: "a property of it", since: 1, until: 2, revision: 1 },
    revision: 1,
  },
});

const merge = (facts: Facts) =>
  mergeAdmissionPolicy({ revision: 1, dependencies: DEPENDENCIES, facts, unknown: cause });

describe("the admission policy", () => {
  test("is the same in whatever order the modes came", () => {
    fc.assert(
      fc.property(
        modes.chain((told) => fc.tuple(fc.constant(told), fc.shuffledSubarray(told, { minLength: told.length }))),
        ([told, shuffled]) => {
          expect(merge(factsOf(shuffled))).toEqual(merge(factsOf(told)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("refuses what one mode refuses, queues what one queues and none refuses, and runs the rest", () => {
    fc.assert(
      fc.property(modes, (told) => {
        const policy = merge(factsOf(told));
        const voices = told.filter(({ inForce }) => inForce);
        for (const priority of PRIORITIES) {
          const said = new Set(voices.map((voice) => voice.contribution.byPriority?.[priority]));
          expect(policy.byPriority[priority]).toBe(said.has("refuse") ? "refuse" : said.has("queue") ? "queue" : "run");
        }
        const causes = voices
          .filter((voice) =>
            ["queue", "refuse"].some((word) => JSON.stringify(voice.contribution.byPriority ?? {}).includes(word)),
          )
          .map((voice) => voice.cause);
        if (causes.length === 0) expect(policy.priorityCause).toBeUndefined();
        else expect(causes).toContainEqual(policy.priorityCause);
      }),
      { numRuns: 500 },
    );
  });

  test("never gives more than the most careful mode allows, and always as much", () => {
    fc.assert(
      fc.property(modes, (told) => {
        const policy = merge(factsOf(told));
        const voices = told.filter(({ inForce }) => inForce).map((voice) => voice.contribution);
        for (const voice of voices) {
          expect(policy.concurrencyFactor).toBeLessThanOrEqual(voice.concurrencyFactor ?? 1);
          expect(policy.batchFactor).toBeLessThanOrEqual(voice.batchFactor ?? 1);
          expect(policy.attemptTimeoutFactor).toBeGreaterThanOrEqual(voice.attemptTimeoutFactor ?? 1);
        }
        expect([1, ...voices.map((voice) => voice.concurrencyFactor)]).toContain(policy.concurrencyFactor);
        expect([1, ...voices.map((voice) => voice.batchFactor)]).toContain(policy.batchFactor);
        expect([1, ...voices.map((voice) => voice.attemptTimeoutFactor)]).toContain(policy.attemptTimeoutFactor);
      }),
      { numRuns: 500 },
    );
  });

  test("names the modes in force, the gravest first, and no others", () => {
    fc.assert(
      fc.property(modes, (told) => {
        const named = merge(factsOf(told)).modes.map(({ mode }) => MODES.indexOf(mode));
        expect(named).toHaveLength(told.filter(({ inForce }) => inForce).length);
        named.forEach((rank, index) => expect(rank).toBeLessThanOrEqual(named[index - 1] ?? MODES.length));
      }),
    );
  });

  test("runs a dependency only while its breaker lives and is closed or disabled, whatever the modes say", () => {
    fc.assert(
      fc.property(modes, fc.tuple(...DEPENDENCIES.map(breaker)), fc.subarray(DEPENDENCIES), (told, breakers, down) => {
        const policy = merge(factsOf(told, breakers, down));
        DEPENDENCIES.forEach((name, index) => {
          const state = breakers[index]?.state;
          const runs = (state === "closed" || state === "disabled") && !down.includes(name);
          expect(policy.dependencies[name]?.decision).toBe(runs ? "run" : "queue");
          if (down.includes(name)) expect(policy.dependencies[name]?.state).toBe("ownerless");
        });
      }),
      { numRuns: 500 },
    );
  });

  test("gives a dependency's backlog the largest share that is asked for it, and other backlogs nothing", () => {
    fc.assert(
      fc.property(modes, (told) => {
        const policy = merge(factsOf(told));
        for (const name of DEPENDENCIES) {
          const own = told.filter(({ inForce, dependency }) => inForce && dependency === name);
          const asked = own.map((mode) => mode.contribution.backlogShare ?? 0).toSorted((a, b) => b - a);
          expect(policy.dependencies[name]?.backlogShare).toBe(asked[0] ?? 0);
        }
      }),
    );
  });

  test("is what a pinned mode asks for, whatever modes are in force, but for the dependencies", () => {
    fc.assert(
      fc.property(modes, modes, fc.constantFrom(...MODES), (told, others, mode) => {
        const policy = merge(pinned(mode, told));
        const free = merge(factsOf(told));
        const { dependencies: _, yielded, ...asked } = policy;
        const { dependencies: __, yielded: ___, ...askedOfOthers } = merge(pinned(mode, others));
        expect(asked).toEqual(askedOfOthers);
        expect(policy.dependencies).toEqual(free.dependencies);
        expect(yielded).toEqual(free.modes);
        expect(policy.modes).toMatchObject([{ mode, step: "pinned" }]);
        expect(policy.priorityCause?.what).toBe(
          mode === "normal" ? undefined : `anna pinned ${mode}: a property of it`,
        );
      }),
      { numRuns: 300 },
    );
  });

  test("cannot be changed by whoever holds it", () => {
    const policy = merge(pinned("emergency_mode", []));
    const parts: unknown[] = [policy];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (typeof part !== "object" || part === null) continue;
      expect(Object.isFrozen(part)).toBe(true);
      parts.push(...Object.values(part));
    }
  });
});
