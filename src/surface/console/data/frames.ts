/*
 * Everything that wants to be drawn is drawn together, once a frame: what arrives a thousand times a second costs the
 * page sixty drawings.
 */
const waiting = new Set<() => void>();

/** Calls once before the next frame is painted, however often it is asked to. A hidden page is not drawn at all. */
export function onNextFrame(draw: () => void): void {
  if (waiting.size === 0) requestAnimationFrame(drawAll);
  waiting.add(draw);
}

function drawAll(): void {
  const due = [...waiting];
  waiting.clear();
  for (const draw of due) draw();
}
