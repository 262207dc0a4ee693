import type { HoldfastOutputs } from "../../client/index.ts";

/* What the server says, by the names under which the console speaks of it. Types only. */

export type Status = HoldfastOutputs["degradation"]["status"];
export type Metrics = HoldfastOutputs["degradation"]["metrics"];
export type ModeInForce = Status["modes"][number];
export type DependencyStatus = Status["dependencies"][number];
export type TriggerStatus = Status["triggers"][number];
export type IncidentStatus = Status["incidents"][number];
export type Cause = ModeInForce["cause"];
export type Alert = HoldfastOutputs["alerts"]["list"]["rows"][number];
export type Explanation = NonNullable<HoldfastOutputs["degradation"]["explain"]>;
export type OperationView = HoldfastOutputs["operations"]["list"]["rows"][number];

type ItemOf<Output> =
  Output extends AsyncIterable<infer Item> ? (Item extends { readonly data: infer Data } ? Data : Item) : never;

type Change = Extract<ItemOf<HoldfastOutputs["degradation"]["watch"]>, { readonly kind: "transition" }>;

/** One transition of one machine, as it was received. `id` is the feed's. */
export type Transition = Change & { readonly id: string };

/** One second of the service. */
export type LiveSample = HoldfastOutputs["live"]["recent"]["samples"][number];

/** What the server says of itself, asked for at most once a second and after transitions. */
export interface Snapshot {
  /** When it was received, by this browser's clock. */
  readonly at: number;
  readonly status: Status;
  readonly metrics: Metrics;
}

export type QueueStatus = HoldfastOutputs["queue"]["status"];
export type LaneRow = HoldfastOutputs["queue"]["lanes"]["rows"][number];
export type Fault = HoldfastOutputs["faults"]["list"][number];
