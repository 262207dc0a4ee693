/** How a state is to be taken. Each has its own shape beside its colour, and the words stand next to it. */
export type Tone = "good" | "busy" | "warn" | "bad" | "off";
