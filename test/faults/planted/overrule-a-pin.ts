import * as real from "../../../machines/merge-admission-policy.ts";

export * from "../../../machines/merge-admission-policy.ts";

/** The modes ask for what they ask for, whatever a person has pinned. */
export const mergeAdmissionPolicy: typeof real.mergeAdmissionPolicy = (request) => {
  const policy = real.mergeAdmissionPolicy(request);
  const { byPriority, concurrencyFactor, batchFactor, attemptTimeoutFactor } = real.mergeAdmissionPolicy({
    ...request,
    facts: { ...request.facts, pin: null },
  });
  return { ...policy, byPriority, concurrencyFactor, batchFactor, attemptTimeoutFactor };
};
