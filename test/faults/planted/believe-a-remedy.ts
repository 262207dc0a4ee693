import { fromPromise } from "xstate";
import type { MemoryMeasured } from "../../../machines/recovery/memory-relief.machine.ts";
import type * as real from "../../../src/control/actors/memory-relief.ts";

export * from "../../../src/control/actors/memory-relief.ts";

/** A remedy that ran is taken for one that helped: nobody measures. */
export const measureActor: typeof real.measureActor = (_, time) =>
  fromPromise<MemoryMeasured, undefined>(() => Promise.resolve({ at: time.now(), usage: 0 }));
