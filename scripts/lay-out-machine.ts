import elkjs, { type ElkExtendedEdge, type ElkNode } from "elkjs";
import type { MachineDefinition, MachineEdge, MachineState } from "../src/control/inspect/machine-definition.ts";
import { eventInWords, guardInWords, inWords } from "../src/surface/console/machines/edge-words.ts";
import {
  ANY_STATE,
  type ArrowLayout,
  type LabelLine,
  LINE_HEIGHT,
  type MachineLayout,
  type Point,
} from "../src/surface/console/machines/machine-layout.ts";

/*
 * Lays out one statechart. Events stand in a monospaced face, whose letters are six tenths of its size wide on every
 * platform: so a width can be known here that holds there.
 */

const LETTER = { label: 6.35, name: 7.9, note: 6.1 } as const;
const DOT = 12;
/** A line that would be longer has its guard on a line of its own. */
const LONGEST_LINE = 30;

const elk = new elkjs.default();

/** All edges from one state to another are one arrow. `resume`, which enters every state anew, is left out. */
export function arrowsOf({ edges }: MachineDefinition): Omit<ArrowLayout, "points" | "label">[] {
  const drawn = edges.filter((edge): edge is MachineEdge & { target: string } => edge.target !== null);
  const byArrow = Map.groupBy(
    drawn.filter(({ event }) => event !== "resume"),
    ({ source, target }) => arrowId(source, target),
  );
  return [...byArrow.values()].map((group) => ({
    from: group[0]?.source ?? "",
    to: group[0]?.target ?? "",
    lines: group.flatMap(linesOf),
  }));
}

const arrowId = (from: string, to: string): string => `${from}>${to}`;

function linesOf(edge: MachineEdge): LabelLine[] {
  const event = eventInWords(edge);
  const guard = guardInWords(edge);
  if (guard === "" || event.length + guard.length < LONGEST_LINE) return [{ edge: edge.id, event, guard }];
  return [
    { edge: edge.id, event, guard: "" },
    { edge: edge.id, event: "", guard: `  ${guard}` },
  ];
}

const textOf = ({ event, guard }: LabelLine): string => [event, guard].filter((part) => part !== "").join(" ");

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "26",
  "elk.layered.spacing.edgeNodeBetweenLayers": "14",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "10",
  "elk.spacing.nodeNode": "24",
  "elk.spacing.edgeNode": "14",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.edgeLabel": "4",
  "elk.spacing.labelNode": "6",
  "elk.spacing.nodeSelfLoop": "12",
  "elk.edgeLabels.inline": "false",
  "elk.layered.edgeLabels.sideSelection": "SMART_DOWN",
  "elk.layered.edgeLabels.centerLabelPlacementStrategy": "MEDIAN_LAYER",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.thoroughness": "40",
  "elk.padding": "[top=14,left=14,bottom=14,right=14]",
};

/** Ways to undo the cycles of a chart. Which leaves the smallest drawing cannot be said beforehand. */
const WAYS = [
  ["MODEL_ORDER", "PREFER_NODES"],
  ["GREEDY_MODEL_ORDER", "NONE"],
  ["GREEDY", "NONE"],
  ["DEPTH_FIRST", "NONE"],
].map(([cycles = "", order = ""]) => ({
  "elk.layered.cycleBreaking.strategy": cycles,
  "elk.layered.considerModelOrder.strategy": order,
}));

/** How much a drawing has to shrink to be seen whole on a laptop. */
const shrink = ({ width, height }: MachineLayout): number => Math.max(width / 800, height / 700);

/** The first of several layouts, unless another one is clearly smaller. The same definition gives the same layout. */
export async function layOutMachine(definition: MachineDefinition): Promise<MachineLayout> {
  const [first, ...others] = await Promise.all(WAYS.map((way) => layOut(definition, way)));
  if (first === undefined) throw new Error("there is no way to lay out a machine");
  return others.reduce((best, other) => (shrink(other) < shrink(best) * 0.9 ? other : best), first);
}

async function layOut(definition: MachineDefinition, way: Readonly<Record<string, string>>): Promise<MachineLayout> {
  const arrows = arrowsOf(definition);
  const anywhere = arrows.some(({ from }) => from === ANY_STATE);
  const graph: ElkNode = {
    id: "",
    layoutOptions: { ...OPTIONS, ...way },
    children: childrenOf(definition, undefined),
    edges: [
      ...startsOf(definition).map(({ dot, to }) => ({ id: `${dot}>`, sources: [dot], targets: [to] })),
      ...arrows.map(({ from, to, lines }) => edgeOf(from, to, lines)),
    ],
  };
  if (anywhere) graph.children?.push({ id: ANY_STATE, width: 96, height: 28 });
  const laid = await elk.layout(graph);
  return {
    name: definition.id,
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    states: everyNode(laid)
      .filter(({ id }) => !id.startsWith(DOT_OF))
      .map(({ id, x = 0, y = 0, width = 0, height = 0 }) => ({
        id,
        x: Math.round(x),
        y: Math.round(y),
        width: Math.round(width),
        height: Math.round(height),
      })),
    starts: startsOf(definition).map(({ dot, to }) => {
      const { x = 0, y = 0 } = find(everyNode(laid), dot);
      return {
        to,
        x: Math.round(x + DOT / 2),
        y: Math.round(y + DOT / 2),
        points: pointsOf(find(everyEdge(laid), `${dot}>`)),
      };
    }),
    arrows: arrows.map(({ from, to, lines }): ArrowLayout => {
      const edge = find(everyEdge(laid), arrowId(from, to));
      const { x = 0, y = 0, width = 0, height = 0 } = edge.labels?.[0] ?? {};
      return {
        from,
        to,
        points: pointsOf(edge),
        label: { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) },
        lines,
      };
    }),
  };
}

/** What the ids of starting dots begin with. */
const DOT_OF = "•";

function childrenOf(definition: MachineDefinition, parent: string | undefined): ElkNode[] {
  const states = definition.states.filter((state) => state.parent === parent);
  const isOutermost = parent === undefined;
  const dot = { id: dotOf(parent), width: DOT, height: DOT, ...(isOutermost ? inRow("FIRST_SEPARATE") : {}) };
  return [...(states.some(({ initial }) => initial) ? [dot] : []), ...states.map((state) => nodeOf(definition, state))];
}

/** A story is read from the top: the state that is entered first is in the first row. */
const inRow = (row: "FIRST" | "FIRST_SEPARATE") => ({
  layoutOptions: { "elk.layered.layering.layerConstraint": row },
});

function nodeOf(definition: MachineDefinition, state: MachineState): ElkNode {
  const children = childrenOf(definition, state.id);
  const { layoutOptions } = state.initial && state.parent === undefined ? inRow("FIRST") : { layoutOptions: {} };
  if (children.length === 0) return { id: state.id, ...sizeOf(state), layoutOptions };
  return {
    id: state.id,
    children,
    layoutOptions: { ...layoutOptions, "elk.padding": "[top=34,left=14,bottom=14,right=14]" },
  };
}

function sizeOf({ id, invokes }: MachineState): { width: number; height: number } {
  const name = id.split(".").at(-1) ?? id;
  const note = invokes.length === 0 ? "" : `runs ${invokes.map(inWords).join(", ")}`;
  const text = Math.max(name.length * LETTER.name, note.length * LETTER.note);
  return { width: Math.max(80, Math.ceil(text) + 26), height: note === "" ? 36 : 48 };
}

function edgeOf(from: string, to: string, lines: readonly LabelLine[]): ElkExtendedEdge {
  const width = Math.max(...lines.map((line) => textOf(line).length)) * LETTER.label;
  return {
    id: arrowId(from, to),
    sources: [from],
    targets: [to],
    labels: [
      { text: lines.map(textOf).join("\n"), width: Math.ceil(width) + 6, height: lines.length * LINE_HEIGHT + 2 },
    ],
  };
}

const dotOf = (parent: string | undefined): string => `${DOT_OF}${parent ?? ""}`;

const startsOf = ({ states }: MachineDefinition): { dot: string; to: string }[] =>
  states.filter(({ initial }) => initial).map(({ id, parent }) => ({ dot: dotOf(parent), to: id }));

const everyNode = (node: ElkNode): ElkNode[] => (node.children ?? []).flatMap((child) => [child, ...everyNode(child)]);

const everyEdge = (node: ElkNode): ElkExtendedEdge[] => [
  ...(node.edges ?? []),
  ...(node.children ?? []).flatMap(everyEdge),
];

function find<Item extends { id: string }>(items: readonly Item[], id: string): Item {
  const found = items.find((item) => item.id === id);
  if (found === undefined) throw new Error(`the layout has lost ${id}`);
  return found;
}

const pointsOf = ({ sections = [] }: ElkExtendedEdge): Point[] =>
  sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }): Point => [Math.round(x), Math.round(y)]),
  );
