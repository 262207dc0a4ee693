import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const SPARE_ROWS = 6;

/** A long list of rows of one height, of which only those in sight are drawn. */
export function VirtualList<Item>({
  label,
  items,
  rowHeight,
  height,
  keyOf,
  children,
}: {
  readonly label: string;
  readonly items: readonly Item[];
  readonly rowHeight: number;
  readonly height: number;
  readonly keyOf: (item: Item) => string;
  readonly children: (item: Item) => ComponentChildren;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const first = items[0];
  const firstKey = first === undefined ? "" : keyOf(first);
  const seen = useRef<{ key: string; length: number }>({ key: firstKey, length: items.length });

  // What is added at the top must not move what somebody reads further down.
  useLayoutEffect(() => {
    const { current } = frame;
    const added = items.findIndex((item) => keyOf(item) === seen.current.key);
    if (current !== null && current.scrollTop > rowHeight && added > 0) current.scrollTop += added * rowHeight;
    seen.current = { key: firstKey, length: items.length };
  }, [firstKey]);
  useEffect(() => setTop(frame.current?.scrollTop ?? 0), []);

  const from = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const to = Math.min(items.length, Math.ceil((top + height) / rowHeight) + SPARE_ROWS);
  return (
    <div
      ref={frame}
      class="virtual-list"
      role="region"
      aria-label={label}
      tabIndex={0}
      style={{ height: `${height}px` }}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <ol style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(from, to).map((item, index) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={from + index + 1}
            style={{ height: `${rowHeight}px`, transform: `translateY(${(from + index) * rowHeight}px)` }}
          >
            {children(item)}
          </li>
        ))}
      </ol>
    </div>
  );
}
