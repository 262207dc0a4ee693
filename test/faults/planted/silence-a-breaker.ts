import * as real from "../../../machines/merge-admission-policy.ts";

export * from "../../../machines/merge-admission-policy.ts";

/** While a pin is held, dependencies are called whatever their breakers say. */
export const mergeAdmissionPolicy: typeof real.mergeAdmissionPolicy = (request) => {
  const policy = real.mergeAdmissionPolicy(request);
  if (policy.pin === undefined) return policy;
  const dependencies = Object.entries(policy.dependencies).map(([name, admission]) => [
    name,
    { ...admission, decision: "run" as const },
  ]);
  return { ...policy, dependencies: Object.fromEntries(dependencies) };
};
