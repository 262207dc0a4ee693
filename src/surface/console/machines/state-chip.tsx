import { StateMark } from "../parts/state-mark.tsx";
import { toneOf } from "./actor-words.ts";
import { type ActorView, stateOf } from "./machine-data.ts";

/** The state of an actor in a word, with its shape and colour. */
export function StateChip({ actor }: { readonly actor: ActorView }) {
  return <StateMark tone={toneOf(actor)}>{stateOf(actor).replaceAll("_", " ")}</StateMark>;
}
