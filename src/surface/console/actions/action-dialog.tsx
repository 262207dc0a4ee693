import { useState } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { problemText } from "../data/polled.ts";
import { Dialog } from "../parts/dialog.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import type { Action, Said } from "./action.ts";
import { lookForEffect } from "./look-for-effect.ts";

type Progress =
  | { readonly kind: "asking" }
  | { readonly kind: "performing" }
  | { readonly kind: "done"; readonly answered: Said; readonly seen: Said | "looking" | undefined };

/** Asks why, does it, and shows what the server answered and what its status says afterwards. */
export function ActionDialog({
  connection,
  action,
  close,
}: {
  readonly connection: Connection;
  readonly action: Action;
  readonly close: () => void;
}) {
  const [reason, setReason] = useState("");
  const [progress, setProgress] = useState<Progress>({ kind: "asking" });

  async function perform(): Promise<void> {
    setProgress({ kind: "performing" });
    const answered = await action.perform(reason.trim()).catch(
      (error: unknown): Said => ({
        tone: "bad",
        text: problemText(error),
      }),
    );
    const { verify } = action;
    if (verify === undefined || answered.tone === "bad") {
      setProgress({ kind: "done", answered, seen: undefined });
      return connection.refresh();
    }
    setProgress({ kind: "done", answered, seen: "looking" });
    const seen = await lookForEffect(connection, verify);
    setProgress({ kind: "done", answered, seen });
  }

  return (
    <Dialog title={action.title} isOpen close={close}>
      {progress.kind === "done" ? (
        <>
          <Result answered={progress.answered} seen={progress.seen} />
          <div class="dialog-buttons">
            <button type="button" class="button button-main" onClick={close}>
              Close
            </button>
          </div>
        </>
      ) : (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void perform();
          }}
        >
          <p>{action.explains}</p>
          {action.fields}
          <label class="field">
            <span>Reason</span>
            <textarea
              required
              maxLength={500}
              value={reason}
              placeholder="Kept in the audit, beside your name"
              onInput={({ currentTarget }) => setReason(currentTarget.value)}
            />
          </label>
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={close}>
              Cancel
            </button>
            <button
              type="submit"
              class={`button ${action.isDangerous === true ? "button-danger" : "button-main"}`}
              disabled={progress.kind === "performing" || reason.trim() === ""}
            >
              {progress.kind === "performing" ? "Asking the server …" : action.title}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Result({ answered, seen }: { readonly answered: Said; readonly seen: Said | "looking" | undefined }) {
  return (
    <dl class="result" aria-live="polite">
      <div>
        <dt>The server answered</dt>
        <dd>
          <StateMark tone={answered.tone}>{answered.text}</StateMark>
        </dd>
      </div>
      {seen !== undefined && (
        <div>
          <dt>The status says</dt>
          <dd>
            {seen === "looking" ? (
              <span class="muted">Looking …</span>
            ) : (
              <StateMark tone={seen.tone}>{seen.text}</StateMark>
            )}
          </dd>
        </div>
      )}
    </dl>
  );
}
