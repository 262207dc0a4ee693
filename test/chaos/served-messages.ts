import type { PartialRuntimeConfig } from "../../src/index.ts";
import type { Readings } from "./planted-readings.ts";

/** What a service behind HTTP is started with. */
export interface ServedSettings {
  readonly dataDirectory: string;
  readonly graphFile: string;
  /** The same over all lives, so that callers need not ask where it is. */
  readonly port: number;
  readonly readings: Readings;
  readonly config: PartialRuntimeConfig;
  /** Its graph cannot be reached from the first moment on. */
  readonly startsCut?: boolean;
  /** The operation with this number never ends. */
  readonly standsAt?: number;
  /** Where its second dependency, the till, listens. */
  readonly tillPort?: number;
}

export type ServedCommand =
  | { readonly kind: "readings"; readonly readings: Readings }
  | { readonly kind: "cut" | "restore" }
  /** The thread that writes the journal stops before its next commit, and stays there. */
  | { readonly kind: "holdCommits" };

export type ServedMessage =
  | { readonly kind: "stands"; readonly number: number }
  | { readonly kind: "transition"; readonly machine: string; readonly to: string };
