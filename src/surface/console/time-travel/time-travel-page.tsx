import { useEffect, useState } from "preact/hooks";
import { fineTimeText } from "../data/format.ts";
import { useStore } from "../data/store.ts";
import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import type { PageProps } from "../shell/page-props.ts";
import { hrefOf, place as address } from "../shell/router.ts";
import { useDefinitions } from "../machines/definitions.ts";
import { type Moment, useBounds, useMoment } from "./past.ts";
import { type Speed, SPEEDS, usePlayback } from "./playback.ts";
import { Scrubber } from "./scrubber.tsx";
import { ThenPanels } from "./then-panels.tsx";
import { around, lengthOf, type TimeSpan } from "./time-span.ts";
import { TimeTools } from "./time-tools.tsx";

/** The whole service as it was at a moment. The moment is in the address, so that it can be sent to a colleague. */
export function TimeTravelPage({ connection }: PageProps) {
  const { query } = useStore(address);
  const definitions = useDefinitions(connection);
  const whole = useBounds(connection, undefined);
  const [span, setSpan] = useState<TimeSpan>();
  const bounds = useBounds(connection, span);
  const [isPlaying, play] = useState(false);
  const [speed, setSpeed] = useState<Speed>(SPEEDS[3]);

  const asked = momentOf(query);
  const last = whole.answer?.last;
  const [moment, setMoment] = useState<Moment | undefined>(asked);
  const shown = moment ?? (last === undefined ? undefined : { at: last });
  const past = useMoment(connection, shown);
  const actor = query.get("actor") ?? undefined;

  // A link to another moment, or another actor of this one.
  useEffect(() => {
    if (asked !== undefined) setMoment(asked);
  }, [asked?.at, asked?.place]);

  const hrefTo = (id: string): string => hrefOf("time-travel", "", inAddress(shown, id));
  const goTo = (next: Moment): void => {
    setMoment(next);
    history.replaceState(null, "", hrefOf("time-travel", "", inAddress(next, actor)));
    if (span !== undefined && (next.at < span.from || next.at > span.to) && all !== undefined)
      setSpan(around(next.at, lengthOf(span), all));
  };
  const { previous, next } = past.answer ?? {};
  const all: TimeSpan | undefined =
    whole.answer === undefined || whole.answer === null
      ? undefined
      : {
          from: whole.answer.first,
          to: Math.max(whole.answer.last, whole.answer.first + 1, next?.at ?? 0, Math.min(shown?.at ?? 0, Date.now())),
        };
  const goOn = (): void => {
    if (next !== undefined) goTo({ at: next.at, place: next.place });
  };
  // From between two transitions to the earlier one; from right after it to the one before that.
  const goBack = (): void => {
    if (previous === undefined) return;
    if (shown !== undefined && shown.at > previous.at) {
      goTo({ at: previous.at, place: previous.place });
      return;
    }
    void connection.client.machines.transitions
      .query({ order: "newest", after: previous.place, limit: 1 })
      .then(({ rows: [before] }) =>
        goTo(before === undefined ? { at: previous.at - 1 } : { at: before.at, place: before.place }),
      )
      .catch(() => {
        // Nobody answers: the connection says so.
      });
  };
  const coming = next === undefined ? undefined : { distanceMs: next.at - (shown?.at ?? 0), key: next.place };
  usePlayback(isPlaying && past.isCurrent, speed, coming, goOn, () => play(false));

  if (whole.answer === null)
    return (
      <>
        <PageHead title="Time travel" />
        <Notice kind="empty">Nothing has moved yet: there is no past to travel to.</Notice>
      </>
    );
  if (shown === undefined || all === undefined || past.answer === undefined || definitions === undefined)
    return (
      <>
        <PageHead title="Time travel" />
        {whole.hasFailed || past.hasFailed ? (
          <Notice kind="error">The past could not be read; it is asked for again when you choose a moment.</Notice>
        ) : (
          <Notice kind="loading">Reading what was.</Notice>
        )}
      </>
    );
  const visible = span ?? all;
  return (
    <>
      <PageHead title="Time travel">
        <a class="button" href={actor === undefined ? hrefOf("machines") : hrefOf("machines", actor)}>
          Back to live
        </a>
      </PageHead>
      <section class="panel time-line" aria-label="Moment">
        <p class="as-of" role="status">
          <strong>
            As of <time dateTime={new Date(shown.at).toISOString()}>{fineTimeText(shown.at)}</time>, not now
          </strong>
          <span class="small">{new Date(shown.at).toDateString()}, by this browser's clock and place</span>
        </p>
        <Scrubber
          span={visible}
          all={all}
          at={shown.at}
          buckets={bounds.answer?.buckets ?? whole.answer?.buckets ?? []}
          countedTo={whole.answer?.countedTo ?? 1}
          goTo={(at) => goTo({ at })}
          step={(direction) => (direction === 1 ? goOn() : goBack())}
          show={setSpan}
        />
        <TimeTools
          isPlaying={isPlaying}
          play={play}
          speed={speed}
          setSpeed={setSpeed}
          hasPrevious={previous !== undefined}
          hasNext={next !== undefined}
          goBack={goBack}
          goOn={goOn}
          zoomTo={(lengthMs) => setSpan(lengthMs === undefined ? undefined : around(shown.at, lengthMs, all))}
          shownMs={span === undefined ? undefined : lengthOf(span)}
        />
      </section>
      {past.hasFailed && !past.isCurrent && (
        <Notice kind="error">
          This moment could not be read. What stands below is not how it was: choose it again.
        </Notice>
      )}
      <ThenPanels
        isCurrent={past.isCurrent}
        connection={connection}
        moment={past.answer}
        shown={shown}
        asked={actor}
        definitions={definitions}
        hrefTo={hrefTo}
        goOn={goOn}
      />
    </>
  );
}

function momentOf(query: URLSearchParams): Moment | undefined {
  const text = query.get("at") ?? "";
  // A person may write a date by hand.
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  const place = query.get("place");
  if (!Number.isSafeInteger(at)) return undefined;
  return place === null ? { at } : { at, place };
}

const inAddress = (moment: Moment | undefined, actor: string | undefined): Readonly<Record<string, string>> => ({
  ...(moment === undefined ? {} : { at: String(moment.at) }),
  ...(moment?.place === undefined ? {} : { place: moment.place }),
  ...(actor === undefined ? {} : { actor }),
});
