import type { AdmissionPolicy, Runtime } from "holdfast";

/** Resolves with the first policy of which that is true: the one in force, or the one that comes. */
export function policyWhere(runtime: Runtime, isSo: (policy: AdmissionPolicy) => boolean): Promise<AdmissionPolicy> {
  const { policy } = runtime;
  if (isSo(policy)) return Promise.resolve(policy);
  return new Promise((resolve) => {
    const stopListening = runtime.on("policy", (next) => {
      if (!isSo(next)) return;
      stopListening();
      resolve(next);
    });
  });
}
