import type { HoldfastOutputs } from "../client/index.ts";

/** What a page's `next` is, in most lists. */
type Cursor = NonNullable<HoldfastOutputs["operations"]["list"]["next"]>;

interface Page<Row, Place> {
  readonly rows: readonly Row[];
  readonly next?: Place;
}

/** Most rows of one request. */
const PAGE_ROWS = 1_000;

/** The first rows of a list, over as many pages as it takes; and whether there are more. */
export async function firstRows<Row, Place = Cursor>(
  limit: number,
  page: (asked: { readonly limit: number; readonly after?: Place }) => Promise<Page<Row, Place>>,
): Promise<{ readonly rows: readonly Row[]; readonly more: boolean }> {
  const rows: Row[] = [];
  let after: Place | undefined;
  do {
    const asked = Math.min(PAGE_ROWS, limit - rows.length);
    const { rows: found, next } = await page({ limit: asked, ...(after !== undefined && { after }) });
    rows.push(...found);
    after = next;
  } while (after !== undefined && rows.length < limit);
  return { rows, more: after !== undefined };
}
