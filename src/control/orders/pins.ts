import type { PinSettings } from "../../../config/types.ts";
import type { Cause } from "../../../machines/contracts/cause.ts";
import { type Mode, MODES } from "../../../machines/contracts/modes.ts";
import type { Pin } from "../../../machines/contracts/pin-events.ts";
import type { ControlDoors, PinAnswer, ReleaseAnswer } from "../control-doors.ts";
import { InvalidValueError } from "../../errors.ts";
import type { Clock } from "../../ports.ts";
import type { ByPerson, ControlActions } from "./control-actions.ts";

export interface PinOptions extends ByPerson {
  /** How long the pin holds, in milliseconds from now. */
  readonly forMs: number;
  /** The revision of the pin that it may replace. Default: none may be held. */
  readonly replaces?: number;
}

export interface PinPorts {
  readonly control: Pick<ControlDoors, "pin" | "releasePin">;
  readonly actions: ControlActions;
  readonly clock: Clock;
  readonly settings: PinSettings;
  readonly held: () => Pin | undefined;
}

/** Forces one mode, whatever is measured, until somebody releases it or its time is over. Breakers stay breakers. */
export class Pins {
  readonly #ports: PinPorts;

  constructor(ports: PinPorts) {
    this.#ports = ports;
  }

  get held(): Pin | undefined {
    return this.#ports.held();
  }

  /**
   * Pins a mode. `conflict` tells the pin that is held: pass its revision as `replaces` to take its place.
   *
   * @throws InvalidValueError `unknown_mode`, `invalid_expiry`
   * @throws MisuseError `reason_missing`, HoldfastError `forbidden`
   * @example runtime.pins.set("emergency_mode", { reason: "graph host being replaced", forMs: 30 * 60_000 })
   */
  set(mode: Mode, options: PinOptions): PinAnswer {
    const { forMs, replaces = null } = options;
    const known = MODES.includes(mode);
    const finite = typeof forMs === "number" && Number.isFinite(forMs);
    return this.#ports.actions.carryOut(
      {
        action: "pin",
        target: "pin",
        permission: "degradation.pin",
        request: { mode: known ? mode : null, forMs: finite ? forMs : null, replaces },
      },
      options,
      ({ principal, reason, actor }) => {
        if (!known) throw new InvalidValueError("unknown_mode", "$.mode", `A mode is one of ${MODES.join(", ")}.`);
        const { maximumMs } = this.#ports.settings;
        if (!finite || forMs <= 0 || forMs > maximumMs)
          throw new InvalidValueError(
            "invalid_expiry",
            "$.forMs",
            `A pin ends in the future, at most ${maximumMs} ms from now, and says when: give forMs in milliseconds.`,
          );
        const until = this.#ports.clock.now() + forMs;
        const cause: Cause = { actor, what: `pinned ${mode}: ${reason}`, values: { mode, forMs } };
        return this.#ports.control.pin({ mode, owner: principal.id, reason, until, expected: replaces }, cause);
      },
    );
  }

  /**
   * Ends the pin. With `expected`, only the pin of that revision.
   *
   * @throws MisuseError `reason_missing`, HoldfastError `forbidden`
   */
  release(options: ByPerson & { readonly expected?: number }): ReleaseAnswer {
    const held = this.#ports.held();
    const expected = options.expected ?? held?.revision ?? null;
    return this.#ports.actions.carryOut(
      { action: "release_pin", target: "pin", permission: "degradation.pin", request: { expected } },
      options,
      ({ reason, actor }) =>
        expected === null
          ? { status: "conflict", pin: null }
          : this.#ports.control.releasePin(expected, { actor, what: `released the pin: ${reason}` }),
    );
  }
}
