import type { Said } from "./said.ts";

/** A person switches remedies on or off: off, an incident whose remedy is due calls a person instead. */
export interface AutoRecoverySwitched extends Said {
  readonly type: "auto_recovery.enable" | "auto_recovery.disable";
}

/** Told whenever it is switched, and at each start. */
export interface AutoRecoveryChanged extends Said {
  readonly type: "auto_recovery.changed";
  readonly enabled: boolean;
  readonly since: number;
}
