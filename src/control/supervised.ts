import type { AnyActorLogic } from "xstate";
import { containErrors } from "../../machines/contain-errors.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { Facts } from "../../machines/facts.ts";
import { type ChildSpec, type SupervisionRules, supervisorMachine } from "../../machines/supervisor.machine.ts";
import type { Logger } from "../ports.ts";
import type { Member } from "./cast.ts";
import { newborn, type Preparation } from "./prepared.ts";
import type { Recorder } from "./recorder.ts";

export interface Supervision {
  readonly cast: readonly Member[];
  readonly rules: SupervisionRules;
  /** The last facts, for those who inherit. */
  readonly facts: () => Facts;
  readonly recorder: Recorder;
  readonly logger: Logger;
  readonly now: () => number;
  /** Why everybody lives who has not fallen since. */
  readonly started: Cause;
}

/**
 * The supervisor's logic with everybody built in. It starts each child as `first` makes it, and after a fall a newborn
 * that inherits what only its predecessor knew. `afterFall`: it is the supervisor itself that fell.
 */
export const supervisorOf = (
  { cast, rules, facts, recorder, logger, now, started }: Supervision,
  first: (preparation: Preparation) => AnyActorLogic,
  afterFall: boolean,
): AnyActorLogic => {
  const prepare = (
    { id, version, machine, given }: Member,
    heritage: () => { predecessor: object | null; cause: Cause },
    bornIn: () => string | undefined,
  ) => ({
    id,
    version,
    machine,
    recorder,
    logger,
    now,
    input: () => ({ given, at: now(), ...heritage() }),
    bornIn,
  });
  const children = cast.map((member): ChildSpec => {
    const { id, inherits, bornIn } = member;
    const heritage = () => ({
      predecessor: inherits?.(facts()) ?? null,
      cause: facts().falls[id]?.cause ?? started,
    });
    return {
      id,
      first: first(
        prepare(
          member,
          () => ({ predecessor: null, cause: started }),
          () => undefined,
        ),
      ),
      fresh: newborn(
        prepare(member, heritage, () => bornIn?.(facts())),
        true,
      ),
    };
  });
  const born: typeof supervisorMachine.getInitialSnapshot = (scope) =>
    supervisorMachine.getInitialSnapshot(scope, { given: { children, rules, afterFall }, at: now(), cause: started });
  return Object.create(containErrors<AnyActorLogic>(supervisorMachine, now), { getInitialSnapshot: { value: born } });
};
