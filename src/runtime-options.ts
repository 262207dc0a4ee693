import type { PartialRuntimeConfig } from "../config/types.ts";
import type { SensorReadings } from "./control/sensors/replaced.ts";
import type { Dependency } from "./dependencies/dependency.ts";
import type { AnyOperationDefinition } from "./operations/define-operation.ts";
import type { Principal } from "./operations/principal.ts";
import type { Clock, Logger, Random } from "./ports.ts";

/** What `createRuntime` is given. */
export interface RuntimeOptions<
  Operations extends readonly AnyOperationDefinition[] = readonly AnyOperationDefinition[],
> {
  /** Folder of the journal. Made when missing; one runtime at a time. */
  readonly dataDirectory: string;
  readonly operations: Operations;
  /** Where backups go that are asked for without a file, as remote ones are. Without it those are refused. */
  readonly backupDirectory?: string;
  /** Dependencies that no operation names, for `runtime.call`. */
  readonly dependencies?: readonly Dependency[];
  /** Who the embedding service is; default `service` with every permission. */
  readonly principal?: Principal;
  readonly config?: PartialRuntimeConfig;
  /** False opens the store but executes nothing before `start()`. Default true. */
  readonly autoStart?: boolean;
  /** False reads no sensor before `startMonitoring()`. Default true: with `start()`. */
  readonly monitoring?: boolean;
  /** Readings in the place of the built-in sensors. */
  readonly sensors?: SensorReadings;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
}
