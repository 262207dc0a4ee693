import type { Mode } from "../../machines/contracts/modes.ts";
import type { World } from "./control-world.ts";

/** A person who pins modes and remembers what they were promised, by two clocks: neither may say that it broke. */
export class PinKeeper {
  readonly #world: World;
  #promised: { mode: Mode; revision: number; until: number; endsAtMs: number } | undefined;
  #highest = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get revision(): number | null {
    return this.#world.plane.status().pin?.revision ?? null;
  }

  set(mode: Mode, forMs: number, expected: number | null = this.revision): void {
    const { clock, plane } = this.#world;
    const until = clock.now() + forMs;
    const before = this.revision;
    const answer = plane.pin(
      { mode, owner: "anna", reason: "a random day", until, expected },
      this.#world.person("pinned"),
    );
    if (answer.status === "unavailable") return;
    if ((answer.status === "pinned") !== (expected === before))
      throw new Error(`a pin that expected ${expected} met ${before}: ${answer.status}`);
    if (answer.status === "conflict") return;
    if (answer.pin.revision <= this.#highest) throw new Error(`revision ${answer.pin.revision} was given out before`);
    this.#highest = answer.pin.revision;
    this.#promised = { mode, revision: answer.pin.revision, until, endsAtMs: clock.monotonicMs() + forMs };
  }

  release(expected = this.revision ?? 0): void {
    const before = this.revision;
    const { status } = this.#world.plane.releasePin(expected, this.#world.person("released"));
    if (status === "unavailable") return;
    if ((status === "released") !== (expected === before))
      throw new Error(`a release that expected ${expected} met ${before}: ${status}`);
    if (status === "released") this.#promised = undefined;
  }

  /** What breaks the promise, if anything does: a pin never lapses before its end, whatever crashes or restarts. */
  breach(): string | undefined {
    const { clock, plane } = this.#world;
    const promised = this.#promised;
    if (promised === undefined) return undefined;
    if (clock.now() >= promised.until || clock.monotonicMs() >= promised.endsAtMs) {
      this.#promised = undefined;
      return undefined;
    }
    const { pin } = plane.policy;
    return pin?.revision === promised.revision && pin.mode === promised.mode
      ? undefined
      : `the pin on ${promised.mode} lapsed ${promised.endsAtMs - clock.monotonicMs()} ms before its end`;
  }
}
