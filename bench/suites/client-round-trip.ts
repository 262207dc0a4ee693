import { createHoldfastClient } from "holdfast/client";
import type { Finding } from "../entry.ts";
import { Child } from "../harness/child.ts";
import { interleaved } from "../harness/interleaved.ts";
import { callsWithin, type Loop, nanosecondsPerCall } from "../harness/time-calls.ts";
import type { SuiteContext } from "../suite.ts";

/* One call after the other over loopback, by `holdfast/client`; beside it the same request by `fetch`, its JSON read. */

export async function* clientRoundTrip({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  progress("round trips of the client");
  await using server = new Child("./surface-process.mjs", { folder });
  const { url } = await server.next<{ readonly url: string }>();
  const client = createHoldfastClient({ url });
  const loops: Record<string, Loop> = {
    ours: async (calls) => {
      for (let call = 0; call < calls; call++) await client.degradation.metrics.query();
    },
    bare: async (calls) => {
      for (let call = 0; call < calls; call++) await (await fetch(`${url}/trpc/degradation.metrics`)).json();
    },
  };
  const timed: Record<string, () => Promise<{ figure: number }>> = {};
  for (const [name, loop] of Object.entries(loops)) {
    const calls = await callsWithin(loop, quick ? 20 : 500, quick ? 2 : 50);
    timed[name] = async () => ({ figure: (await nanosecondsPerCall(loop, calls)) / 1e6 });
  }
  const { of, foreignCores } = await interleaved(timed, quick ? 3 : 11);
  yield {
    case: "a query by holdfast/client",
    unit: "ms",
    ours: of["ours"]!.figure,
    peers: [{ name: "bare fetch", value: of["bare"]!.figure }],
    foreignCores,
  };
}
