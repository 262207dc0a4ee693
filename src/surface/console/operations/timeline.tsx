import { durationText, fineTimeText, wordsOf } from "../data/format.ts";
import type { Explanation } from "../data/wire.ts";
import type { Tone } from "../parts/tone.ts";
import { StateMark } from "../parts/state-mark.tsx";

type Step = Explanation["steps"][number];

const TONES: Readonly<Record<string, Tone>> = {
  accepted: "off",
  queued: "warn",
  running: "busy",
  completed: "good",
  dead: "bad",
  failed: "bad",
  retrying: "warn",
  attempt_failed: "warn",
  returned: "warn",
  closing: "warn",
  expired: "warn",
};

/** What happened, in its order, with the time that passed in between and what led to it. */
export function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol class="timeline">
      {steps.map((step, index) => {
        const passedMs = passed(steps[index - 1], step);
        return (
          <li key={`${index} ${step.step}`}>
            <div class="reason-head">
              <StateMark tone={TONES[step.step] ?? "off"}>{wordsOf(step.step)}</StateMark>
              {step.at !== undefined && <time class="muted small figure">{fineTimeText(step.at)}</time>}
              {passedMs !== undefined && <span class="muted small figure">+{durationText(passedMs)}</span>}
            </div>
            {step.what !== "" && <p>{step.what}</p>}
            {step.causes.length > 0 && (
              <ul class="timeline-causes">
                {step.causes.map(({ at, what, happened, actor }) => (
                  <li key={`${at ?? ""} ${happened ?? ""} ${what}`}>
                    {happened !== undefined && <b>{happened} </b>}
                    {at !== undefined && <time class="muted figure">{fineTimeText(at)}</time>} {what}{" "}
                    <span class="muted">{actor}</span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function passed(before: Step | undefined, step: Step): number | undefined {
  if (before?.at === undefined || step.at === undefined || step.at <= before.at) return undefined;
  return step.at - before.at;
}
