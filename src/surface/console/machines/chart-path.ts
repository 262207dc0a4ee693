import type { Point } from "./machine-layout.ts";

const CORNER = 7;

/** The way of an arrow with its corners rounded, as a path of SVG. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = rest.map((point, index) => {
    const before = points[index] ?? point;
    const after = rest[index + 1];
    if (after === undefined) return `L${point[0]} ${point[1]}`;
    const radius = Math.min(CORNER, distance(before, point) / 2, distance(point, after) / 2);
    const from = towards(point, before, radius);
    const to = towards(point, after, radius);
    return `L${from[0]} ${from[1]}Q${point[0]} ${point[1]} ${to[0]} ${to[1]}`;
  });
  return `M${first[0]} ${first[1]}${parts.join("")}`;
}

/** The head of an arrow: a triangle whose tip is its last point. */
export function arrowHead(points: readonly Point[], length = 8, halfWidth = 4): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return "";
  const [x, y] = towards(tip, before, length);
  const [dx, dy] = [(tip[0] - x) / length, (tip[1] - y) / length];
  const corners = [tip, [x - dy * halfWidth, y + dx * halfWidth], [x + dy * halfWidth, y - dx * halfWidth]];
  return corners.map(([cornerX = 0, cornerY = 0]) => `${round(cornerX)},${round(cornerY)}`).join(" ");
}

const distance = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(ax - bx, ay - by);

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to) || 1;
  return [round(from[0] + ((to[0] - from[0]) * length) / whole), round(from[1] + ((to[1] - from[1]) * length) / whole)];
}

const round = (value: number): number => Math.round(value * 10) / 10;
