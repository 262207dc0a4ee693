import type { Connection } from "../connection.ts";
import { timeText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";

const SHOWN = 8;

/** The last transitions since the page was opened, in sentences. */
export function RecentPanel({ connection }: { readonly connection: Connection }) {
  const transitions = useStore(connection.transitions);
  return (
    <Panel title="What just happened" tools={<a href="#/machines">Machines</a>}>
      {transitions.length === 0 ? (
        <Notice kind="empty">Nothing has changed since this page was opened.</Notice>
      ) : (
        <ol class="recent">
          {transitions
            .slice(-SHOWN)
            .toReversed()
            .map(({ id, at, explanation }) => (
              <li key={id}>
                <time class="muted small figure">{timeText(at)}</time>
                <span title={explanation}>{nearest(explanation)}</span>
              </li>
            ))}
        </ol>
      )}
    </Panel>
  );
}

/** What happened and its nearest cause; what led to that is told by the machine's own page. */
const nearest = (explanation: string): string => explanation.split(", because ", 1)[0] ?? explanation;
