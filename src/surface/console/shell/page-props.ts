import type { Connection } from "../connection.ts";

/** What every page is given. */
export interface PageProps {
  readonly connection: Connection;
}
