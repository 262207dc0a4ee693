import { configure } from "../../config/presets.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { Runtime, type RuntimeOptions } from "../../src/runtime.ts";
import { assemble } from "../../src/runtime-assembly.ts";

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
