import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { kept, moved, readable, type Size, type View, whole, zoomed } from "./pan-zoom.ts";

export interface PanZoom {
  readonly zoom: (factor: number) => void;
  readonly move: (dx: number, dy: number) => void;
  /** Shows all of the drawing, however small. */
  readonly fit: () => void;
}

const DRAG_BEGINS_PX = 4;

/**
 * Moves and scales a drawing by mouse, wheel, touch and what is returned. The drawing itself is not drawn anew: only the
 * transform of its group changes.
 *
 * @param around what is to be seen first, and stays in sight until the reader has moved the drawing
 */
export function usePanZoom(
  frame: RefObject<HTMLElement | null>,
  group: RefObject<SVGGElement | null>,
  drawing: Size,
  around: { readonly x: number; readonly y: number },
): PanZoom {
  const view = useRef<View>({ x: 0, y: 0, scale: 1 });
  const isMoved = useRef(false);

  const windowSize = (): Size => ({
    width: frame.current?.clientWidth ?? 1,
    height: frame.current?.clientHeight ?? 1,
  });
  const show = (next: View): void => {
    view.current = kept(next, drawing, windowSize());
    const { x, y, scale } = view.current;
    group.current?.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
  };
  const change = (next: View): void => {
    isMoved.current = true;
    show(next);
  };

  const { width, height } = drawing;
  useEffect(() => {
    isMoved.current = false;
  }, [width, height]);
  useEffect(() => {
    const place = (): void => {
      if (!isMoved.current) show(readable(drawing, windowSize(), around));
    };
    place();
    const observer = new ResizeObserver(place);
    if (frame.current !== null) observer.observe(frame.current);
    return () => observer.disconnect();
  }, [width, height, around.x, around.y]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    return listen(element, {
      move: (dx, dy) => change(moved(view.current, dx, dy)),
      zoom: (factor, at) => change(zoomed(view.current, factor, at)),
    });
  }, [width, height]);

  return useMemo(
    () => ({
      zoom(factor) {
        const size = windowSize();
        change(zoomed(view.current, factor, { x: size.width / 2, y: size.height / 2 }));
      },
      move: (dx, dy) => change(moved(view.current, dx, dy)),
      fit: () => change(whole(drawing, windowSize())),
    }),
    [width, height],
  );
}

interface Gestures {
  readonly move: (dx: number, dy: number) => void;
  readonly zoom: (factor: number, at: { readonly x: number; readonly y: number }) => void;
}

/** One pointer moves, two pinch; the wheel zooms with Ctrl or Cmd, as a trackpad's pinch does, and scrolls the page without. */
function listen(element: HTMLElement, { move, zoom }: Gestures): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let isDragging = false;

  const at = (event: { clientX: number; clientY: number }) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = (): { readonly length: number; readonly middle: { x: number; y: number } } => {
    const [a, b] = [...pointers.values()];
    if (a === undefined || b === undefined) return { length: 1, middle: { x: 0, y: 0 } };
    return { length: Math.hypot(a.x - b.x, a.y - b.y) || 1, middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  };
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button") !== null)) return;
    pointers.set(event.pointerId, at(event));
    isDragging = pointers.size > 1;
  };
  const onMove = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = at(event);
    if (!isDragging && Math.hypot(now.x - before.x, now.y - before.y) < DRAG_BEGINS_PX) return;
    if (!isDragging) element.setPointerCapture(event.pointerId);
    isDragging = true;
    const earlier = spread();
    pointers.set(event.pointerId, now);
    if (pointers.size > 1) zoom(spread().length / earlier.length, spread().middle);
    else move(now.x - before.x, now.y - before.y);
  };
  const onUp = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    isDragging = pointers.size > 0;
  };
  const onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), at(event));
  };
  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", onUp);
  element.addEventListener("wheel", onWheel, { passive: false });
  return () => {
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", onUp);
    element.removeEventListener("wheel", onWheel);
  };
}
