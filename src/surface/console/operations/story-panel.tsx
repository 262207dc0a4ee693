import { ActionButton } from "../actions/action-button.tsx";
import { operationActions } from "../actions/operation-actions.ts";
import type { Connection } from "../connection.ts";
import { durationText, timeText } from "../data/format.ts";
import { useAsked } from "../data/polled.ts";
import type { OperationView } from "../data/wire.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { hrefOf } from "../shell/router.ts";
import { type ListedState, operationTone } from "./operation-words.ts";
import { Timeline } from "./timeline.tsx";

const ASK_EVERY_MS = 2_000;

/** One operation from its submit to its effect: what happened to it, when, and why. */
export function StoryPanel({
  connection,
  operationId,
  state,
}: {
  readonly connection: Connection;
  readonly operationId: string;
  readonly state: ListedState;
}) {
  const { client } = connection;
  const { value, problem, again } = useAsked(
    async () => {
      const [view, story] = await Promise.all([
        client.operations.get.query({ operationId }),
        client.degradation.explain.query({ target: operationId }),
      ]);
      return { view, story };
    },
    operationId,
    ASK_EVERY_MS,
  );
  return (
    <section class="panel story" aria-label={`Story of ${operationId}`}>
      <div class="panel-head">
        <h2 class="story-id">{operationId}</h2>
        <a class="tool" href={hrefOf("operations", "", { state })} aria-label="Close the story">
          <Icon name="close" />
        </a>
      </div>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      {value === undefined && problem === undefined && <Notice kind="loading">Reading its story …</Notice>}
      {value?.view === null && (
        <Notice kind="empty">
          There is no operation with this id: it was never accepted here, or it ended longer ago than ended ones are
          kept.
        </Notice>
      )}
      {value !== undefined && value.view !== null && (
        <>
          <Facts view={value.view} />
          <div class="actions">
            {operationActions(connection, value.view, again).map((action) => (
              <ActionButton key={action.title} connection={connection} action={action} isSmall />
            ))}
          </div>
        </>
      )}
      {value !== undefined && value.story !== null && <Timeline steps={value.story.steps} />}
    </section>
  );
}

function Facts({ view }: { readonly view: OperationView }) {
  const { name, version, state, priority, principal, acceptedAt, endedAt, attempts = 0, incarnation = 0, error } = view;
  const facts: readonly (readonly [string, string])[] = [
    ["Operation", `${name} v${version}`],
    ["Priority", priority ?? "–"],
    ["Submitted by", principal ?? "–"],
    ["Accepted", acceptedAt === undefined ? "–" : timeText(acceptedAt)],
    ...(acceptedAt !== undefined && endedAt !== undefined
      ? [["Took", durationText(endedAt - acceptedAt)] as const]
      : []),
    ["Attempts", incarnation === 0 ? String(attempts) : `${attempts}, retried ${incarnation} times`],
  ];
  return (
    <>
      <p class="story-state">
        <StateMark tone={operationTone(state)}>{state}</StateMark>
      </p>
      {error !== undefined && (
        <p class="story-error">
          <code>{error.code}</code> {error.message}
        </p>
      )}
      <dl class="story-facts">
        {facts.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd class="figure">{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
