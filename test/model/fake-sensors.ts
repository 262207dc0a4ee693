import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import type { SensorWord } from "../../src/control/control-doors.ts";
import type { World } from "./control-world.ts";

/** What a sensor says from now on. Values are far from every threshold that a test sets, on whichever side. */
export const LEVELS = {
  high: { kind: "value", value: 1_000_000, what: "high" },
  low: { kind: "value", value: 0, what: "low" },
  nothing: { kind: "nothing", what: "nothing happened" },
  failed: { kind: "failed", what: "it threw" },
} as const satisfies Record<string, SensorWord>;

export type Level = keyof typeof LEVELS;

/** How often sensors speak, at least. */
const INTERVAL_MS = 5_000;

/** One sensor per trigger, each of which says again and again what it was last set to. */
export class FakeSensors {
  readonly triggers: readonly string[];
  readonly levels = new Map<string, Level>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.triggers = [
      ...SERVICE_CONDITION_KINDS,
      ...Object.keys(world.dependencies).map((name) => `connection_failures:${name}`),
    ];
    for (const trigger of this.triggers) this.levels.set(trigger, "low");
  }

  set(trigger: string, level: Level): void {
    this.levels.set(trigger, level);
    this.#world.plane.sense(trigger, LEVELS[level]);
  }

  setAll(level: Level): void {
    for (const trigger of this.triggers) this.set(trigger, level);
  }

  sense(): void {
    for (const [trigger, level] of this.levels) this.#world.plane.sense(trigger, LEVELS[level]);
  }

  /** Lets time pass while sensors speak. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= INTERVAL_MS) {
      this.sense();
      await this.#world.clock.advance(Math.min(left, INTERVAL_MS));
    }
    this.sense();
  }
}
