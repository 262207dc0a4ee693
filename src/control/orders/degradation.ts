import type { PinSettings } from "../../../config/types.ts";
import type { Mode } from "../../../machines/contracts/modes.ts";
import type { PinAnswer, ReleaseAnswer } from "../control-doors.ts";
import type { ControlPlane } from "../control-plane.ts";
import { type ByPerson, ControlActions, type ControlActionPorts } from "./control-actions.ts";
import { type AcceptAnswer, DependencyOrders, type OrderAnswer, type ResetAnswer } from "./dependency-orders.ts";
import { type MonitoringAnswer, MonitoringOrders, type MonitoringSwitch } from "./monitoring-orders.ts";
import { type PinOptions, Pins } from "./pins.ts";
import { type AcknowledgeAnswer, RecoveryOrders, type SwitchAnswer } from "./recovery-orders.ts";
import { type ConfigureAnswer, type TriggerChange, TriggerChanges } from "./trigger-changes.ts";

export interface DegradationPorts extends ControlActionPorts {
  readonly control: ControlPlane;
  readonly monitoring: MonitoringSwitch;
  readonly pin: PinSettings;
}

/**
 * Everything that a person can do about how the service degrades and recovers. Each asks for a reason and a
 * permission, answers with what is true when it returns, and is recorded whatever became of it.
 *
 * @throws MisuseError `reason_missing`; HoldfastError `forbidden`: each of them
 */
export class Degradation {
  readonly #pins: Pins;
  readonly #triggers: TriggerChanges;
  readonly #dependencies: DependencyOrders;
  readonly #recovery: RecoveryOrders;
  readonly #monitoring: MonitoringOrders;

  constructor({ control, pin, monitoring, ...ports }: DegradationPorts) {
    const actions = new ControlActions(ports);
    this.#pins = new Pins({ control, actions, clock: ports.clock, settings: pin, held: () => control.policy.pin });
    this.#triggers = new TriggerChanges({ control, actions, triggers: () => control.status().triggers });
    this.#dependencies = new DependencyOrders({ control, actions });
    this.#recovery = new RecoveryOrders({ control, actions });
    this.#monitoring = new MonitoringOrders({ monitoring, actions });
  }

  /**
   * Forces one mode, whatever is measured, until it is released or its time is over. Breakers stay breakers.
   * `conflict` tells the pin that is held: pass its revision as `replaces` to take its place.
   *
   * @throws InvalidValueError `unknown_mode`, `invalid_expiry`
   * @example runtime.degradation.pin("emergency_mode", { reason: "graph host being replaced", forMs: 30 * 60_000 })
   */
  pin(mode: Mode, options: PinOptions): PinAnswer {
    return this.#pins.set(mode, options);
  }

  /** Ends the pin; with `expected`, only the pin of that revision. */
  release(options: ByPerson & { readonly expected?: number }): ReleaseAnswer {
    return this.#pins.release(options);
  }

  /**
   * Changes thresholds or dwells of one trigger; what is left out stays. Nothing that is raised or under way is lost,
   * and it survives a restart.
   *
   * @param trigger the id of its condition: `memory_exhaustion`, `connection_failures:graph`
   * @throws InvalidValueError `unknown_trigger`, `invalid_setting`, `invalid_threshold` (exit is not below enter)
   */
  configure(trigger: string, change: TriggerChange, by: ByPerson): ConfigureAnswer {
    return this.#triggers.configure(trigger, change, by);
  }

  /** Asks for a probe, and gives a breaker that a person had taken back to itself. @throws InvalidValueError `unknown_dependency` */
  resetDependency(dependency: string, by: ByPerson): ResetAnswer {
    return this.#dependencies.reset(dependency, by);
  }

  /** Takes a breaker in hand, or gives it back (`enable`). @throws InvalidValueError `unknown_dependency` */
  orderBreaker(dependency: string, order: "force_open" | "disable" | "enable", by: ByPerson): OrderAnswer {
    return this.#dependencies.order(dependency, order, by);
  }

  /** Takes over the incident of a condition: nobody is called about it any more. @throws InvalidValueError `unknown_condition` */
  acknowledge(condition: string, by: ByPerson): AcknowledgeAnswer {
    return this.#recovery.acknowledge(condition, by);
  }

  /** Off: no remedy is tried, a person is called when one is due. Breakers probe and modes leave all the same. */
  switchAutoRecovery(enabled: boolean, by: ByPerson): SwitchAnswer {
    return this.#recovery.switchAutoRecovery(enabled, by);
  }

  /** Starts or stops the sensors. While they are stopped triggers are `unknown`: what is raised stays raised. */
  switchMonitoring(enabled: boolean, by: ByPerson): MonitoringAnswer {
    return this.#monitoring.switch(enabled, by);
  }

  /** Takes the responsibility for a drain whose verification failed. @throws InvalidValueError `unknown_dependency` */
  acceptDrain(dependency: string, by: ByPerson): AcceptAnswer {
    return this.#dependencies.acceptDrain(dependency, by);
  }
}
