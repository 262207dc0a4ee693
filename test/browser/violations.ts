import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe-core finds wrong with the page as it stands: rule, and where. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Not as a script of the document: our policy lets none in.
  await page.evaluate(await readFile(axeFile, "utf8"));
  return page.evaluate(async () => {
    // @ts-expect-error axe is a global of the page.
    const { violations: found } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return found.flatMap(({ id, nodes }: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
