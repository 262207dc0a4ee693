import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import type { PageProps } from "../shell/page-props.ts";

export function FaultsPage(_props: PageProps) {
  return (
    <>
      <PageHead title="Faults" />
      <Notice kind="empty">Not built yet.</Notice>
    </>
  );
}
