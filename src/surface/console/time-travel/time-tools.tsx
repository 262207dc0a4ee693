import { type Speed, SPEEDS } from "./playback.ts";

const LENGTHS = [
  { name: "All", lengthMs: undefined },
  { name: "1 day", lengthMs: 86_400_000 },
  { name: "1 hour", lengthMs: 3_600_000 },
  { name: "10 min", lengthMs: 600_000 },
  { name: "1 min", lengthMs: 60_000 },
  { name: "10 s", lengthMs: 10_000 },
] as const;

/** Steps, plays and zooms: everything that the line of moments can do, as buttons. */
export function TimeTools({
  isPlaying,
  play,
  speed,
  setSpeed,
  hasPrevious,
  hasNext,
  goBack,
  goOn,
  zoomTo,
  shownMs,
}: {
  readonly isPlaying: boolean;
  readonly play: (isPlaying: boolean) => void;
  readonly speed: Speed;
  readonly setSpeed: (speed: Speed) => void;
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
  readonly goBack: () => void;
  readonly goOn: () => void;
  readonly zoomTo: (lengthMs: number | undefined) => void;
  readonly shownMs: number | undefined;
}) {
  return (
    <div class="time-tools">
      <div role="group" aria-label="Step and play">
        <button type="button" class="button button-small" disabled={!hasPrevious} onClick={goBack}>
          ‹ Previous
        </button>
        <button
          type="button"
          class="button button-small button-main"
          aria-pressed={isPlaying}
          disabled={!hasNext && !isPlaying}
          onClick={() => play(!isPlaying)}
        >
          {isPlaying ? "Pause" : "Play"}
        </button>
        <button type="button" class="button button-small" disabled={!hasNext} onClick={goOn}>
          Next ›
        </button>
        <label class="time-speed small">
          <span>Speed</span>
          <select
            value={speed.name}
            onChange={({ currentTarget }) =>
              setSpeed(SPEEDS.find(({ name }) => name === currentTarget.value) ?? SPEEDS[0])
            }
          >
            {SPEEDS.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <div role="group" aria-label="How much time the line shows">
        {LENGTHS.map(({ name, lengthMs }) => (
          <button
            key={name}
            type="button"
            class="button button-small"
            aria-pressed={shownMs === lengthMs}
            onClick={() => zoomTo(lengthMs)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}
