import * as real from "../../../machines/merge-admission-policy.ts";

export * from "../../../machines/merge-admission-policy.ts";

/** Of several modes in force, the one that spoke last decides alone. */
export const mergeAdmissionPolicy: typeof real.mergeAdmissionPolicy = (request) => {
  const policy = real.mergeAdmissionPolicy(request);
  const { facts } = request;
  const last = Object.values(facts.modes)
    .filter(({ inForce }) => inForce)
    .toSorted((a, b) => a.at - b.at)
    .at(-1);
  if (last === undefined) return policy;
  const { byPriority, concurrencyFactor, batchFactor, attemptTimeoutFactor } = real.mergeAdmissionPolicy({
    ...request,
    facts: { ...facts, modes: { [last.id]: last } },
  });
  return { ...policy, byPriority, concurrencyFactor, batchFactor, attemptTimeoutFactor };
};
