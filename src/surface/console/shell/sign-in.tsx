import { useState } from "preact/hooks";
import type { Sessions } from "../session.ts";

/** In the place of every page, as long as the server does not know who this is. */
export function SignIn({ sessions, why }: { readonly sessions: Sessions; readonly why: string }) {
  const [token, setToken] = useState("");
  const [isAsking, setAsking] = useState(false);
  return (
    <form
      class="sign-in panel"
      onSubmit={(event) => {
        event.preventDefault();
        setAsking(true);
        void sessions.signIn(token.trim()).finally(() => setAsking(false));
      }}
    >
      <h1 id="page-title">Sign in</h1>
      <p class="muted">
        With a token of this server. <code>npm start</code> prints a link that signs you in;{" "}
        <code>holdfast token create</code> makes a token.
      </p>
      <label class="field">
        <span>Token</span>
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <p class="sign-in-why" role="status">
        {why}
      </p>
      <button type="submit" class="button button-main" disabled={isAsking}>
        {isAsking ? "Asking …" : "Sign in"}
      </button>
    </form>
  );
}
