import { configure } from "../../config/presets.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { until } from "./ledger.ts";
import { Runtime } from "../../src/runtime.ts";
import { assemble } from "../../src/runtime-assembly.ts";
import type { RuntimeOptions } from "../../src/runtime-options.ts";

/**
 * A runtime, and a door to put a policy in force as the control plane does: the reference changes, the dependencies
 * apply it, the dispatcher looks. In force until a breaker changes.
 */
export async function runtimeWithPolicy(
  options: RuntimeOptions,
): Promise<{ runtime: Runtime; put: (change: Partial<AdmissionPolicy>) => void }> {
  const config = configure(options.config);
  const parts = await assemble(options, config);
  const runtime = new Runtime(parts, config, false);
  await runtime.start();
  // Whatever the start still has to say would take the place of a policy that was put.
  await until("a quiet start", () =>
    runtime.status().control.drains.every(({ dependency, state }) => {
      const closed = parts.control.policy.dependencies[dependency]?.decision === "run";
      return !closed || state === "empty";
    }),
  );
  return {
    runtime,
    put(change) {
      const policy = Object.freeze({ ...parts.control.policy, ...change });
      Object.assign(parts.control, { policy });
      for (const dependency of parts.registry.dependencies.values()) dependency.apply(policy);
      parts.dispatcher.pump();
    },
  };
}
