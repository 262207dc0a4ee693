import { fromPromise } from "xstate";
import type { ActionOutcome, BacklogEmptied, WatermarkRead } from "../../../machines/contracts/recovery-events.ts";
import type { Marked } from "../../../machines/recovery/drain.machine.ts";
import type { ControlledDependency } from "../control-plane.ts";
import type { ControlTime } from "../control-time.ts";

/*
 * What a drain does to the world. None of these rejects by design. Should one reject all the same (a store that is
 * lost), the drain that invoked it falls, and its supervisor tries again after a pause that doubles: a rejection must
 * never be taken for an empty backlog, nor for a verification that failed.
 */

type DependencyOf = (name: string) => ControlledDependency;

export const readWatermarkActor = (time: ControlTime, dependencyOf: DependencyOf) =>
  fromPromise<WatermarkRead, { dependency: string }>(async ({ input }) => {
    const { watermark, open, proof } = await dependencyOf(input.dependency).readWatermark();
    return { at: time.now(), watermark, open, proof };
  });

export const emptiedActor = (time: ControlTime, dependencyOf: DependencyOf) =>
  fromPromise<BacklogEmptied, Marked>(async ({ input, signal }) => {
    const { held, dead, parked } = await dependencyOf(input.dependency).emptied(input.watermark, signal);
    return { at: time.now(), remainder: { held, dead, parked } };
  });

export const verifyActor = (time: ControlTime, dependencyOf: DependencyOf) =>
  fromPromise<ActionOutcome, Marked>(async ({ input: { dependency, watermark, open, markedAt, proof } }) => {
    const marked = { watermark, open, proof, markedAt: time.wall(markedAt) };
    const { ok, detail } = await dependencyOf(dependency).verifyDrain(marked);
    return { at: time.now(), ok, detail };
  });
