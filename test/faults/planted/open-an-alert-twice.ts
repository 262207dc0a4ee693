import * as real from "../../../src/alerts/alerts.ts";

export * from "../../../src/alerts/alerts.ts";

/** What is raised again becomes another alert beside the one that is open. */
export class Alerts extends real.Alerts {
  override raise(wish: real.AlertWish): ReturnType<real.Alerts["raise"]> {
    const again = this.of(wish.key) === undefined ? "" : `:${this.unresolved.length}`;
    return super.raise({ ...wish, key: `${wish.key}${again}` });
  }
}
