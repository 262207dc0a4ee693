/** Where a drawing stands within its window: scaled, then moved. Pixels of the window. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.15;
const LARGEST = 3;
/** What is smaller cannot be read: then a part of it is shown, and not the whole. */
const READABLE = 0.6;
const MARGIN = 10;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** All of the drawing, in the middle; never enlarged much. */
export function whole(drawing: Size, window: Size): View {
  const scale = clamp(
    Math.min((window.width - MARGIN * 2) / drawing.width, (window.height - MARGIN * 2) / drawing.height),
    SMALLEST,
    1.15,
  );
  return {
    scale,
    x: (window.width - drawing.width * scale) / 2,
    y: (window.height - drawing.height * scale) / 2,
  };
}

/** The whole where it can be read, else as large as needs be, around a point of the drawing. */
export function readable(drawing: Size, window: Size, around: { readonly x: number; readonly y: number }): View {
  const all = whole(drawing, window);
  return all.scale >= READABLE ? all : centred(drawing, window, around, READABLE);
}

/** Around a point, without leaving more room at an edge than the drawing needs. */
function centred(
  drawing: Size,
  window: Size,
  { x, y }: { readonly x: number; readonly y: number },
  scale: number,
): View {
  const placed = (size: number, room: number, point: number): number =>
    size * scale <= room
      ? (room - size * scale) / 2
      : clamp(room / 2 - point * scale, room - size * scale - MARGIN, MARGIN);
  return { scale, x: placed(drawing.width, window.width, x), y: placed(drawing.height, window.height, y) };
}

/** Larger or smaller by a factor, with a point of the window staying where it is. */
export function zoomed(view: View, factor: number, at: { readonly x: number; readonly y: number }): View {
  const scale = clamp(view.scale * factor, SMALLEST, LARGEST);
  const by = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

export const moved = (view: View, dx: number, dy: number): View => ({ ...view, x: view.x + dx, y: view.y + dy });

/** The drawing does not get lost: a part of it stays in the window. */
export function kept(view: View, drawing: Size, window: Size): View {
  const rest = 60;
  return {
    ...view,
    x: clamp(view.x, rest - drawing.width * view.scale, window.width - rest),
    y: clamp(view.y, rest - drawing.height * view.scale, window.height - rest),
  };
}
