import { Dialog } from "../parts/dialog.tsx";
import { useStore } from "../data/store.ts";
import { areShortcutsOn, type Shortcut } from "./shortcuts.ts";

export function HelpDialog({
  shortcuts,
  isOpen,
  close,
}: {
  readonly shortcuts: readonly Shortcut[];
  readonly isOpen: boolean;
  readonly close: () => void;
}) {
  const isOn = useStore(areShortcutsOn);
  return (
    <Dialog title="Keyboard" isOpen={isOpen} close={close}>
      <dl class="keys">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget }) => areShortcutsOn.set(currentTarget.checked)}
        />
        Single keys do something
      </label>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
