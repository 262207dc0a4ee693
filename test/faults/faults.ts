// npm run faults [-- OPTIONS]
import { FAULTS, NOT_BUILT_YET } from "./catalog.ts";
import { HELP, parseOptions, type FaultsOptions } from "./options.ts";
import { showFaults } from "./show-faults.ts";

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === "help") process.stdout.write(HELP);
else if (parsed.kind === "wrong") {
  console.error(parsed.message);
  process.exitCode = 2;
} else process.exitCode = await run(parsed.options);

async function run({ json, only }: FaultsOptions): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupted.abort(new Error(signal)));
  const chosen = FAULTS.filter(({ fault }) => only.length === 0 || only.includes(fault));
  try {
    const shown = await showFaults(chosen, interrupted.signal, (line) => console.error(line));
    const missing = only.length === 0 ? NOT_BUILT_YET.map((each) => ({ ...each, caughtBy: null })) : [];
    const all = [...shown, ...missing].toSorted((a, b) => (a.invariant ?? Infinity) - (b.invariant ?? Infinity) || 0);
    if (json) console.log(JSON.stringify(all, null, 2));
    else
      for (const each of all)
        console.log(
          [
            String(each.invariant ?? "-").padStart(2),
            each.fault.padEnd(38),
            "notBuiltYet" in each
              ? `not built yet: ${each.notBuiltYet}`
              : (each.caughtBy ?? `NOT CAUGHT: ${each.message}`),
          ].join("  "),
        );
    return shown.every(({ caughtBy }) => caughtBy !== null) ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.error("interrupted; nothing is left running");
    return 130;
  }
}
