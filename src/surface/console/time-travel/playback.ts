import { useEffect } from "preact/hooks";

/** How fast time passes while it is played; `steps`: every transition is shown for as long. */
export const SPEEDS = [
  { name: "1×", factor: 1 },
  { name: "10×", factor: 10 },
  { name: "60×", factor: 60 },
  { name: "step by step", factor: undefined },
] as const;

export type Speed = (typeof SPEEDS)[number];

const STEP_MS = 900;
/** Two transitions of one moment are still two pictures, and a quiet night is not waited for. */
const SHORTEST_MS = 150;
const LONGEST_MS = 2_500;

/** How long a moment is shown before the next transition is. */
export const pauseBefore = (distanceMs: number, { factor }: Speed): number =>
  factor === undefined ? STEP_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, distanceMs / factor));

/** Goes on to the next transition after its pause, until there is none. */
export function usePlayback(
  isPlaying: boolean,
  speed: Speed,
  next: { readonly distanceMs: number; readonly key: string } | undefined,
  goOn: () => void,
  end: () => void,
): void {
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (next === undefined) {
      end();
      return undefined;
    }
    const timer = setTimeout(goOn, pauseBefore(next.distanceMs, speed));
    return () => clearTimeout(timer);
  }, [isPlaying, speed, next?.key]);
}
