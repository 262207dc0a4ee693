import { Panel } from "../parts/panel.tsx";
import type { MachineDefinition } from "./machine-data.ts";

/** What the machine's own file says of it. */
export function AboutMachine({ definition: { title, howMany, prose } }: { readonly definition: MachineDefinition }) {
  return (
    <Panel title={`About ${title}`} note={howMany}>
      {prose.split("\n\n").map((paragraph) => (
        <p key={paragraph} class="small prose">
          {/* Names of states stand between backquotes. */}
          {paragraph.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
        </p>
      ))}
    </Panel>
  );
}
