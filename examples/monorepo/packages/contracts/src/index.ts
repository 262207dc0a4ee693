export { type Contract, order } from "./contract.ts";
export { type Reading, recordReading } from "./record-reading.ts";
