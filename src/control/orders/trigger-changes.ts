import type { TriggerDefinition } from "../../../machines/contracts/triggers.ts";
import type { ControlDoors, TriggerStatus } from "../control-doors.ts";
import { InvalidValueError } from "../../errors.ts";
import type { ByPerson, ControlActions } from "./control-actions.ts";

export type ConfigureAnswer =
  | { readonly status: "configured"; readonly trigger: string; readonly definition: TriggerDefinition }
  | { readonly status: "unavailable" };

/** What is left out stays as it is. */
export type TriggerChange = { readonly [Field in keyof TriggerDefinition]?: TriggerDefinition[Field] | undefined };

export interface TriggerChangePorts {
  readonly control: Pick<ControlDoors, "defineTrigger">;
  readonly actions: ControlActions;
  readonly triggers: () => readonly TriggerStatus[];
}

const FIELDS = ["enter", "exit", "enterDwellMs", "leaveDwellMs"] as const satisfies (keyof TriggerDefinition)[];

/** Changes thresholds and dwells while the service runs. What a trigger has raised stays until the new ones say otherwise. */
export class TriggerChanges {
  readonly #ports: TriggerChangePorts;

  constructor(ports: TriggerChangePorts) {
    this.#ports = ports;
  }

  /**
   * Changes what is given and keeps the rest. It survives a restart.
   *
   * @param trigger the id of its condition: `memory_exhaustion`, `connection_failures:graph`
   * @throws InvalidValueError `unknown_trigger`, `invalid_setting`, `invalid_threshold` (exit is not below enter)
   * @throws MisuseError `reason_missing`, HoldfastError `forbidden`
   */
  configure(trigger: string, change: TriggerChange, by: ByPerson): ConfigureAnswer {
    const known = this.#ports.triggers().find((each) => each.trigger === trigger);
    const numbers = Object.fromEntries(
      FIELDS.flatMap((field) => (typeof change[field] === "number" ? [[field, change[field]]] : [])),
    );
    return this.#ports.actions.carryOut(
      {
        action: "configure_trigger",
        target: known?.trigger ?? "unknown_trigger",
        permission: "degradation.configure",
        request: numbers,
      },
      by,
      ({ reason, actor }) => {
        if (known === undefined) throw this.#unknown();
        const definition = checked({ ...known.definition, ...withoutUndefined(change) });
        const cause = { actor, what: `changed the thresholds of ${trigger}: ${reason}`, values: numbers };
        return this.#ports.control.defineTrigger(trigger, definition, cause)
          ? { status: "configured", trigger, definition }
          : { status: "unavailable" };
      },
    );
  }

  #unknown(): InvalidValueError {
    const names = this.#ports.triggers().map(({ trigger }) => trigger);
    return new InvalidValueError(
      "unknown_trigger",
      "$.trigger",
      `There is no such trigger; there are: ${names.join(", ")}.`,
    );
  }
}

const withoutUndefined = (change: TriggerChange): TriggerChange =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

function checked(definition: Readonly<Record<keyof TriggerDefinition, unknown>>): TriggerDefinition {
  for (const key of Object.keys(definition))
    if (!FIELDS.some((field) => field === key))
      throw new InvalidValueError(
        "invalid_setting",
        `$.${FIELDS.join("|")}`,
        `A trigger has ${FIELDS.join(", ")} and nothing else.`,
      );
  const [enter, exit, enterDwellMs, leaveDwellMs] = FIELDS.map((field) => number(field, definition[field])) as [
    number,
    number,
    number,
    number,
  ];
  if (exit >= enter)
    throw new InvalidValueError("invalid_threshold", "$.exit", `exit (${exit}) must be below enter (${enter}).`);
  return { enter, exit, enterDwellMs, leaveDwellMs };
}

function number(field: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidValueError("invalid_setting", `$.${field}`, `${field} must be a finite number of at least 0.`);
}
