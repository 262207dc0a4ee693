/* Ends and burials that the writer decides by itself, as JSON of an `ErrorSummary`. */

export const INTERRUPTED = JSON.stringify({
  code: "interrupted",
  message: "the process died too often while it ran: it may be what ends the process",
  retryable: false,
});

export const EXPIRED = JSON.stringify({
  code: "expired",
  message: "its life in the queue was over before it was executed",
  retryable: false,
});
