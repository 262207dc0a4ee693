import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { go } from "../shell/router.ts";

/** Goes to an operation by its id, ended or not. */
export function OperationSearch({ isFocused }: { readonly isFocused: boolean }) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFocused) input.current?.focus();
  }, [isFocused]);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") go("operations", text.trim());
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        class="input"
        type="search"
        aria-label="Operation by its id"
        placeholder="Its id: op_17"
        spellcheck={false}
        maxLength={128}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="button">
        Show
      </button>
    </form>
  );
}
