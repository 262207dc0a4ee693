import * as real from "../../../src/queue/attempted-rows.ts";

export * from "../../../src/queue/attempted-rows.ts";

/** Attempts end when they always do, although a mode has given them more time. */
export class AttemptedRows extends real.AttemptedRows {
  constructor(ports: real.AttemptedRowsPorts) {
    super({ ...ports, policy: () => ({ ...ports.policy(), attemptTimeoutFactor: 1 }) });
  }
}
