import type { ConcurrencyLimit, Traffic } from "../dependencies/concurrency-limit.ts";

/** Permits of several dependencies are taken all at once or not at all. */
export const availablePermits = (limits: readonly ConcurrencyLimit[], traffic: Traffic, nowMs: number): number => {
  let available = Number.POSITIVE_INFINITY;
  for (const limit of limits) available = Math.min(available, limit.available(traffic, nowMs));
  return available;
};

export const takePermits = (limits: readonly ConcurrencyLimit[], traffic: Traffic, count = 1): void => {
  for (const limit of limits) limit.take(traffic, count);
};

export const givePermits = (limits: readonly ConcurrencyLimit[], traffic: Traffic, count = 1): void => {
  for (const limit of limits) limit.give(traffic, count);
};
