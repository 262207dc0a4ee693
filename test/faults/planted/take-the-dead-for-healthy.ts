import * as real from "../../../src/control/create-control-plane.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** A sensor that fails reads as 0. */
export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, {
    sense: (trigger, word) =>
      plane.sense(
        trigger,
        word.kind === "failed" || (word.kind === "value" && !Number.isFinite(word.value))
          ? { kind: "value", value: 0, what: word.what }
          : word,
      ),
  });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
