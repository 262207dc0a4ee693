export interface PagerProps {
  /** The cursors of the pages gone through, the present one's last; empty on the first page. */
  readonly before: readonly string[];
  /** The cursor of the next page, where there is one. */
  readonly next: string | undefined;
  readonly onMove: (before: readonly string[]) => void;
}

/** To the first page, the one before and the next: cursors lead forwards only, so the way back is remembered. */
export function Pager({ before, next, onMove }: PagerProps) {
  return (
    <div class="pager">
      <button type="button" class="button button-small" disabled={before.length === 0} onClick={() => onMove([])}>
        First page
      </button>
      <button
        type="button"
        class="button button-small"
        disabled={before.length === 0}
        onClick={() => onMove(before.slice(0, -1))}
      >
        Page before
      </button>
      <span class="small muted figure">page {before.length + 1}</span>
      <button
        type="button"
        class="button button-small"
        disabled={next === undefined}
        onClick={() => next !== undefined && onMove([...before, next])}
      >
        Next page
      </button>
    </div>
  );
}
