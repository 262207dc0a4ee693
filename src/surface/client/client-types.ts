import type { TRPCClient, TRPCProcedureOptions } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "../../../routers/app.router.ts";
import type { HoldfastCallError } from "./call-error.ts";

/** `HoldfastInputs["operations"]["submit"]` */
export type HoldfastInputs = inferRouterInputs<AppRouter>;

/** `HoldfastOutputs["degradation"]["status"]` */
export type HoldfastOutputs = inferRouterOutputs<AppRouter>;

type Trpc = TRPCClient<AppRouter>;

/** What a subscription sends, one by one. */
type Item<Output> = Output extends AsyncIterable<infer Each> ? Each : Output;

/** One change as `for await` gives it: with the id from which a later subscription goes on (`lastEventId`). */
export type Followed<Each> = Each extends { readonly id: string; readonly data: infer Data }
  ? Data & { readonly eventId: string }
  : Each;

/** Callbacks of a subscription; at least one. */
export interface Subscriber<Each> {
  readonly onData?: (item: Each) => void;
  /** It has ended by an error, and is not tried again. */
  readonly onError?: (error: HoldfastCallError) => void;
  readonly onStarted?: () => void;
  readonly onComplete?: () => void;
  /** The connection was lost (`connecting`, with the error), or is there again (`pending`). */
  readonly onConnectionStateChange?: (change: {
    readonly state: "connecting" | "pending" | "idle";
    readonly error: Error | null;
  }) => void;
}

type WithoutCallbacks = TRPCProcedureOptions & { readonly [Name in keyof Subscriber<unknown>]?: never };

/**
 * A subscription, as an async iterable or with callbacks. Either goes on until it is left: it comes back by itself after
 * a lost connection, and after a restart of the server.
 */
export interface Subscribe<Input, Each> {
  /** `break`, `return` and the signal end it. It can be iterated once. */
  (input?: Input, options?: WithoutCallbacks): AsyncIterableIterator<Followed<Each>>;
  (input: Input, options: Subscriber<Each> & TRPCProcedureOptions): { unsubscribe(): void };
}

type ProcedureOf<Area extends keyof HoldfastOutputs, Name, Procedure> = Procedure extends {
  readonly subscribe: unknown;
}
  ? {
      readonly subscribe: Subscribe<
        HoldfastInputs[Area][Name & keyof HoldfastInputs[Area]],
        Item<HoldfastOutputs[Area][Name & keyof HoldfastOutputs[Area]]>
      >;
    }
  : Procedure;

/** Every procedure with `.query()`, `.mutate()` or `.subscribe()`, its input and its answer typed. */
export type HoldfastClient = {
  readonly [Area in keyof HoldfastOutputs & keyof Trpc]: {
    readonly [Name in keyof Trpc[Area]]: ProcedureOf<Area, Name, Trpc[Area][Name]>;
  };
};
