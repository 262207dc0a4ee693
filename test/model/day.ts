import { defaultTriggers } from "../../config/triggers.ts";
import type { OpenControlPlane } from "../../src/control/create-control-plane.ts";
import { World } from "./control-world.ts";
import { judgeDegradation } from "./degradation-oracles.ts";
import { FakeSensors } from "./fake-sensors.ts";
import { judgeBeginning, judgeRecovery } from "./recovery-oracles.ts";
import { judgeOutages } from "./outage-oracles.ts";
import { PinKeeper } from "./pin-keeper.ts";

/* A random day: a world with its sensors and its persons, judged after every cascade. */

export const NAMES = ["graph", "search", "mail"];

/** Told of every state that an actor rested in or passed through. */
export type Visit = (machine: string, state: string) => void;

/** A tenth of the presets' patience, so that days are short. */
const triggers = Object.fromEntries(
  Object.entries(defaultTriggers).map(([kind, { enterDwellMs, leaveDwellMs }]) => [
    kind,
    { enterDwellMs: enterDwellMs / 10, leaveDwellMs: leaveDwellMs / 10 },
  ]),
);

/** Persons who are called often, and soon. */
const incident = { pageAfterMs: 60_000, pageAnswerMs: 10_000, pagePauseMs: 20_000, pageCalls: 3 };

export class Day {
  readonly world: World;
  readonly sensors: FakeSensors;
  readonly pins: PinKeeper;
  readonly generations = new Map<string, number>();
  /** First breach of an oracle; thrown at the end of the command in which it happened. */
  breach: Error | undefined;
  readonly #visit: Visit;
  #checking = false;

  constructor(latencies: readonly number[], visit: Visit) {
    this.#visit = visit;
    let next = 0;
    this.world = new World(NAMES, { triggers, incident }, (plane) => this.watch(plane));
    this.sensors = new FakeSensors(this.world);
    this.pins = new PinKeeper(this.world);
    for (const name of NAMES) this.world.dependency(name).latencyMs = () => latencies[next++ % latencies.length] ?? 20;
    this.world.draw = () => (next++ % 10) / 10;
  }

  watch(plane: OpenControlPlane): void {
    plane.onPolicy((policy) => {
      for (const [name, { generation }] of Object.entries(policy.dependencies)) {
        if (generation < (this.generations.get(name) ?? 0))
          this.breach ??= new Error(`${name}: generation went back to ${generation}`);
        this.generations.set(name, generation);
      }
    });
    plane.onTransition(({ machine, from, to }) => {
      const kind = machine.split(":")[0] ?? machine;
      this.#visit(kind, from);
      this.#visit(kind, to);
      judgeBeginning(plane, machine, to, (holds, otherwise) => this.#must(holds, otherwise));
      this.#visit("root", String(plane.actor("root")?.getSnapshot().value));
      // Within a cascade not everybody has heard yet; when it is over, everybody has.
      if (this.#checking) return;
      this.#checking = true;
      queueMicrotask(() => {
        this.#checking = false;
        if (this.world.plane === plane) this.judge();
      });
    });
  }

  judge(): void {
    const { plane } = this.world;
    if (plane.actor("root") === undefined) return;
    judgeOutages(plane, NAMES, (holds, otherwise) => this.#must(holds, otherwise));
    judgeDegradation(plane, NAMES, this.sensors.triggers, (holds, otherwise) => this.#must(holds, otherwise));
    judgeRecovery(plane, NAMES, (holds, otherwise) => this.#must(holds, otherwise));
    const lapsed = this.pins.breach();
    this.#must(lapsed === undefined, lapsed ?? "");
    this.#must(plane.policy.modes.length > 0 || plane.actor("normal") === undefined, "no mode is in force");
  }

  /** Judges, and says what was found. */
  check(): void {
    this.judge();
    if (this.breach !== undefined) throw this.breach;
  }

  #must(holds: boolean, otherwise: string): void {
    if (!holds) this.breach ??= new Error(`${otherwise}\n${this.#lately()}`);
  }

  #lately(): string {
    return this.world.transitions
      .slice(-15)
      .map(({ at, machine, from, to, event }) => `  ${this.world.since(at)} ${machine} ${from} -> ${to} (${event})`)
      .join("\n");
  }
}

export interface Command {
  readonly act: (day: Day) => void | Promise<void>;
  /** What a counterexample shows. */
  readonly toString: () => string;
}

export const command = (says: string, act: Command["act"]): Command => ({ act, toString: () => says });
