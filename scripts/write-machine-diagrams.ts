/**
 * Writes machines/README.md from the registry: what each machine tells, a table of its states, and a diagram; and
 * machines/prose.ts, so that the debugger can say what the comments of the sources say.
 *
 *     node scripts/run.mjs scripts/write-machine-diagrams.ts            writes it
 *     node scripts/run.mjs scripts/write-machine-diagrams.ts --check    exits 1 when it is stale
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AnyStateMachine } from "xstate";
import { type RegisteredMachine, registry } from "../machines/index.ts";

type AnyNode = AnyStateMachine["root"];

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

const folder = new URL("../machines/", import.meta.url);

/** The prose that a machine's file begins with. */
function proseOf({ file }: RegisteredMachine): string {
  const source = readFileSync(new URL(file, folder), "utf8");
  const comment = /^\/\*\n([\s\S]*?)\n \*\/$/m.exec(source)?.[1];
  if (comment === undefined) throw new Error(`machines/${file} does not begin with prose`);
  const lines = comment.split("\n").map((line) => line.replace(/^ \* ?/, ""));
  return lines
    .join("\n")
    .split("\n\n")
    .map((paragraph) => paragraph.replaceAll("\n", " "))
    .join("\n\n");
}

const pathOf = ({ path }: AnyNode): string => path.join(".");

const descendants = (node: AnyNode): AnyNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...descendants(child)]);

/** A compound state is entered through its first one. */
const entered = (node: AnyNode): AnyNode => {
  const [first] = node.initial?.target ?? [];
  return first === undefined ? node : entered(first);
};

const guardOf = (guard: unknown): string => {
  if (typeof guard === "string") return ` [${words(guard)}]`;
  return typeof guard === "object" && guard !== null && "type" in guard ? ` [${words(String(guard.type))}]` : "";
};

const words = (camelCase: string): string => camelCase.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** XState's own events in words. */
const eventOf = (type: string, node: AnyNode): string => {
  if (type === "") return "at once";
  const after = /^xstate\.after\.(\w+)\./.exec(type)?.[1];
  if (after !== undefined) return `after ${words(after).replace("until deadline", "its time")}`;
  const done = node.invoke.find(({ id }) => type === `xstate.done.actor.${id}`);
  if (done !== undefined) return `${words(typeof done.src === "string" ? done.src : done.id)} done`;
  if (type.startsWith("xstate.done.actor.")) return "a child ended";
  if (type.startsWith("xstate.error.actor.")) return "a child could not be born";
  return type;
};

/** `resume` enters every state anew, and is left out. */
function edgesOf(node: AnyNode): Edge[] {
  return [...node.transitions.values(), node.always ?? []].flat().flatMap(({ eventType, guard, target: targets }) => {
    const to = targets?.[0];
    if (eventType === "resume" || to === undefined) return [];
    return [{ from: pathOf(node), to: pathOf(entered(to)), label: `${eventOf(eventType, node)}${guardOf(guard)}` }];
  });
}

/** Edges between the same two states share an arrow. */
const together = (edges: readonly Edge[]): Edge[] =>
  [...Map.groupBy(edges, ({ from, to }) => `${from}>${to}`).values()].map((group) => ({
    ...group[0]!,
    label: [...new Set(group.map(({ label }) => label))].join(", "),
  }));

function tableOf(machine: AnyStateMachine): string {
  const rows = descendants(machine.root).map((node) => {
    const leaves = together(edgesOf(node)).map(({ to, label }) => `${label} → \`${to}\``);
    const end = node.type === "final" ? "the end" : "stays";
    return [`\`${pathOf(node)}\``, node.description ?? "", leaves.join("<br>") || end];
  });
  return table([["state", "what it means", "leaves by"], ...rows]);
}

/** With columns of one width, as the formatter wants them: else formatting the file would make it stale. */
function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const idOf = (path: string): string => path.replaceAll(".", "__");

function diagramOf(machine: AnyStateMachine): string {
  const draw = (node: AnyNode, indent: string): string[] => {
    const [first] = node.initial?.target ?? [];
    const start = first === undefined ? [] : [`${indent}[*] --> ${idOf(pathOf(first))}`];
    const inside = Object.values(node.states).flatMap((child) => {
      const id = idOf(pathOf(child));
      if (Object.keys(child.states).length > 0)
        return [`${indent}state ${id} {`, ...draw(child, `${indent}  `), `${indent}}`];
      const named = id === child.key ? [] : [`${indent}state "${child.key}" as ${id}`];
      return child.type === "final" ? [...named, `${indent}${id} --> [*]`] : named;
    });
    return [...start, ...inside];
  };
  const edges = together([machine.root, ...descendants(machine.root)].flatMap(edgesOf))
    .filter(({ from }) => from !== "")
    .map(({ from, to, label }) => `  ${idOf(from)} --> ${idOf(to)}: ${label.replaceAll(":", " ")}`);
  return ["```mermaid", "stateDiagram-v2", ...draw(machine.root, "  "), ...edges, "```"].join("\n");
}

const anywhere = (machine: AnyStateMachine): string => {
  const edges = together(edgesOf(machine.root)).map(({ to, label }) => `${label} → \`${to}\``);
  return edges.length === 0 ? "" : `\nFrom any state: ${edges.join("; ")}.\n`;
};

const chapterOf = (entry: RegisteredMachine): string => `## ${entry.name}

[${entry.file}](${entry.file}), ${entry.howMany}.

${proseOf(entry)}

${tableOf(entry.machine)}
${anywhere(entry.machine)}
${diagramOf(entry.machine)}
`;

const readme = `<!-- Generated by scripts/write-machine-diagrams.ts (npm run diagrams). Do not edit: the prose is in the machines. -->

# The machines

Every decision of Holdfast that is not about a single call is made by one of these statecharts. They are pure: no I/O,
no clock, no random numbers, nothing of \`src/\`. What they act through, and the delays they wait out, \`src/control\`
provides. Each owns its facts alone and tells them to \`root\`, which merges the admission policy from them and passes
them on. A step that throws ends one machine, and its supervisor starts a fresh one.

Every supervised machine also takes \`resume\` in every state: after a restart of the process it enters its state anew,
which starts its delays and its actors, and tells what it holds. That is left out below.

${registry.map(({ name, howMany }) => `- [${name}](#${name}) (${howMany})`).join("\n")}

${registry.map(chapterOf).join("\n")}`;

const proseModule = `// biome-ignore-all format: generated by scripts/write-machine-diagrams.ts (npm run diagrams). Do not edit.

/** What each machine of the registry is for, and how it goes through its states: what its file begins with. */
export const prose: Readonly<Record<string, string>> = ${JSON.stringify(
  Object.fromEntries(registry.map((entry) => [entry.name, proseOf(entry)])),
  undefined,
  2,
)};
`;

const written = (target: URL): string => {
  try {
    return readFileSync(target, "utf8");
  } catch {
    // It was never written: stale.
    return "";
  }
};

for (const [name, text] of [
  ["README.md", readme],
  ["prose.ts", proseModule],
] as const) {
  const target = new URL(name, folder);
  if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
    console.log(`wrote ${fileURLToPath(target)}`);
  } else if (written(target) !== text) {
    console.error(`machines/${name} is stale: run  npm run diagrams`);
    process.exitCode = 1;
  }
}
