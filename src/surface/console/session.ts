import { createStore, type Store } from "./data/store.ts";

/** Who reads this page, and what they may do; as the server says. */
export interface Session {
  readonly principal: string;
  readonly permissions: readonly string[] | "*";
  /** Of the server. A development server may offer faults. */
  readonly mode: "development" | "production";
  /** Wall time; absent where nobody has to sign in. */
  readonly expiresAt?: number;
}

export type SessionState =
  | { readonly kind: "asking" }
  | { readonly kind: "signed_in"; readonly session: Session }
  | { readonly kind: "signed_out"; readonly why: string };

/** Requests by cookie that change something carry it: no page of another site can add it unasked. */
const CONSOLE_HEADER = "holdfast-console";

/** Where nobody has to prove anything. */
const EVERYBODY: Session = { principal: "local-operator", permissions: "*", mode: "development" };

/** `fetch` as the console uses it. */
export const consoleFetch: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set(CONSOLE_HEADER, "1");
  return fetch(input, { ...init, headers, credentials: "same-origin" });
};

export interface Sessions {
  readonly state: Store<SessionState>;
  /** Asks the server who this is. */
  ask(): Promise<void>;
  signIn(token: string): Promise<void>;
  signOut(): Promise<void>;
}

export function createSessions(): Sessions {
  const state = createStore<SessionState>({ kind: "asking" });
  return {
    state,
    ask: () => told(consoleFetch("./session")),
    signIn: (token) =>
      told(consoleFetch("./session", { method: "POST", headers: { authorization: `Bearer ${token}` } })),
    async signOut() {
      await consoleFetch("./session", { method: "DELETE" });
      state.set({ kind: "signed_out", why: "You have signed out." });
    },
  };

  async function told(answer: Promise<Response>): Promise<void> {
    const response = await answer.catch(() => undefined);
    // Who it is does not change because the server is away.
    if (response === undefined || response.status >= 500) return;
    if (response.ok) state.set({ kind: "signed_in", session: readSession(await response.json()) });
    else if (response.status === 404) state.set({ kind: "signed_in", session: EVERYBODY });
    else state.set({ kind: "signed_out", why: await whyNot(response) });
  }
}

export const isAllowed = (state: SessionState, permission: string): boolean =>
  state.kind === "signed_in" && (state.session.permissions === "*" || state.session.permissions.includes(permission));

function readSession(answer: unknown): Session {
  const { principal, expiresAt, mode } = answer as {
    principal?: { id?: unknown; permissions?: unknown };
    expiresAt?: unknown;
    mode?: unknown;
  };
  const permissions = principal?.permissions;
  return {
    principal: typeof principal?.id === "string" ? principal.id : "unknown",
    permissions: permissions === "*" ? "*" : Array.isArray(permissions) ? permissions.map(String) : [],
    mode: mode === "development" ? "development" : "production",
    ...(typeof expiresAt === "number" && { expiresAt }),
  };
}

/** Where the server sent a browser whose link did not sign in. */
const LINK_FAILED = new URLSearchParams(location.search).get("sign-in");

async function whyNot(response: Response): Promise<string> {
  if (LINK_FAILED === "failed")
    return "The link did not sign you in: it works once, and on the server that printed it.";
  if (LINK_FAILED === "starting") return "The server was starting when you opened the link. Open it again.";
  const answer: unknown = await response.json().catch(() => undefined);
  const detail = typeof answer === "object" && answer !== null && "detail" in answer ? answer.detail : undefined;
  return typeof detail === "string" ? detail : "The server wants to know who you are.";
}
