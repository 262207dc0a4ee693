import { EventSource, type EventSourceInit } from "eventsource";

/**
 * Node has no EventSource of its own, and a browser's cannot send a token: hence the package. By tRPC's own rule a
 * subscription is over when the server says `return`, which ours does when it stops: the next server goes on with it.
 */
export class LastingEventSource extends EventSource {
  constructor(url: string | URL, init?: EventSourceInit) {
    super(url, init);
    this.addEventListener("return", (event) => event.stopImmediatePropagation());
  }
}
