import type { Connection } from "../connection.ts";
import { countText, timeText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import { StateMark } from "../parts/state-mark.tsx";
import { lastRecovery } from "./recovery.ts";

/** What became of what waited, as the drain has verified it on disk and in the dependency; nothing else is claimed. */
export function RecoveryCard({ connection }: { readonly connection: Connection }) {
  const recovery = lastRecovery(useStore(connection.transitions));
  if (recovery === undefined) return null;
  const { at, dependency, counted, ended, leftAside, receiptsReadBack } = recovery;
  return (
    <section class="panel recovery" aria-label="The last recovery" role="status">
      <p class="recovery-title">
        <StateMark tone={leftAside === 0 ? "good" : "warn"}>
          {countText(counted)} waited, {countText(ended)} executed, {countText(counted - ended - leftAside)} lost
        </StateMark>
      </p>
      <p>
        {leftAside > 0 && `${countText(leftAside)} need a person and were left aside. `}
        Verified at {timeText(at)}: what ended was counted on disk
        {receiptsReadBack > 0 ? `, and ${countText(receiptsReadBack)} receipts were read back from ${dependency}` : ""}.
      </p>
      <p class="muted small">
        Doubles and order are not judged from in here: <code>npm run demo</code> counts them from outside, by code that
        knows nothing of this runtime.
      </p>
    </section>
  );
}
