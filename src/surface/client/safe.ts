import type { safe as safeOfTrpc } from "@trpc/client";
import { type HoldfastCallError, holdfastErrorOf } from "./call-error.ts";

/** `[value, undefined]` or `[undefined, error]`. */
export type SafeResult<Value, Reason extends string = string> =
  | readonly [value: Value, error: undefined]
  | readonly [value: undefined, error: HoldfastCallError<Reason>];

/** tRPC marks the promise of a call with what its procedure may say in an error, under a symbol of its own. */
type ShapeTag = Exclude<keyof Parameters<typeof safeOfTrpc<unknown, unknown>>[0], keyof Promise<unknown>>;

type ReasonIn<Shape> = Shape extends { readonly data: { readonly reason: infer Reason extends string } }
  ? Reason
  : string;

/** The reasons that its procedure declares, and those that every one may give. */
type ReasonOf<Call> = ReasonIn<Call[ShapeTag & keyof Call]>;

/**
 * A call whose errors are values.
 *
 * @example
 * const [answer, error] = await safe(holdfast.degradation.pin.mutate({ mode, reason, forMs: 30 * 60_000 }));
 * if (error?.reason === "forbidden") console.log(error.message);
 */
export async function safe<Call extends Promise<unknown>>(
  call: Call,
): Promise<SafeResult<Awaited<Call>, ReasonOf<Call>>> {
  try {
    return [await call, undefined];
  } catch (cause) {
    const error = holdfastErrorOf(cause);
    // A promise that no call of the client has made: its errors are none of ours.
    if (error === undefined) throw cause;
    return [undefined, error as HoldfastCallError<ReasonOf<Call>>];
  }
}
