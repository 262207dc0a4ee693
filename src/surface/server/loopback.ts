import { BlockList, isIP } from "node:net";

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
