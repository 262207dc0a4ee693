/** What a call to the graph may take, with Holdfast and without: what people set. */
export const ATTEMPT_TIMEOUT_MS = 5_000;
/** How long a caller waits before `queued` is answer enough. */
export const ANSWER_WITHIN_MS = 1_000;
