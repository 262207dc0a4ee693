import type { ComponentType } from "preact";
import type { Store } from "../data/store.ts";
import { areFaultsOffered } from "../faults/faults-offered.ts";
import { FaultsPage } from "../faults/faults-page.tsx";
import { MachinesPage } from "../machines/machines-page.tsx";
import { NowPage } from "../now/now-page.tsx";
import { OperationsPage } from "../operations/operations-page.tsx";
import { TimeTravelPage } from "../time-travel/time-travel-page.tsx";
import type { IconName } from "../parts/icon.tsx";
import type { PageProps } from "./page-props.ts";

export interface Page {
  /** In the address: `#/machines`. */
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** Pressed after `g`. */
  readonly key: string;
  readonly component: ComponentType<PageProps>;
  /** Whether this server has what it shows; it has where this is absent. */
  readonly isOffered?: Store<boolean>;
}

/** In the order of the navigation; the first is where a reader begins. A new page is one line here. */
export const PAGES: readonly [Page, ...Page[]] = [
  { path: "now", title: "Now", icon: "pulse", key: "n", component: NowPage },
  { path: "machines", title: "Machines", icon: "machine", key: "m", component: MachinesPage },
  { path: "time-travel", title: "Time travel", icon: "history", key: "t", component: TimeTravelPage },
  { path: "operations", title: "Operations", icon: "list", key: "o", component: OperationsPage },
  { path: "faults", title: "Faults", icon: "bolt", key: "f", component: FaultsPage, isOffered: areFaultsOffered },
];
