import { BlockList, isIP } from "node:net";
import { MisuseError } from "../../errors.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True for `localhost` and the loopback addresses, in the form in which a URL or a Host header carries them. */
export function isLoopback(name: string): boolean {
  const address = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  const family = isIP(address);
  if (family === 0) return name.toLowerCase() === "localhost";
  return loopback.check(address, family === 4 ? "ipv4" : "ipv6");
}

/**
 * Nobody has to prove who they are here yet, and whoever reaches this server may do everything.
 *
 * @throws MisuseError `address_not_loopback`
 */
export function assertLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new MisuseError(
    "address_not_loopback",
    `Holdfast listens on loopback addresses only (127.0.0.1, ::1, localhost), not on ${JSON.stringify(host)}: it has no credentials yet, and every caller may do everything.`,
  );
}
