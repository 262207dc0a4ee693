import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import type { PageProps } from "../shell/page-props.ts";

export function NowPage(_props: PageProps) {
  return (
    <>
      <PageHead title="Now" />
      <Notice kind="empty">Not built yet.</Notice>
    </>
  );
}
