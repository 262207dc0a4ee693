import { BlockList, isIP } from "node:net";
import { InvalidValueError, MisuseError } from "../../errors.ts";
import { isLoopback } from "./loopback.ts";

/** Certificate and key, in PEM. */
export interface TlsOptions {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

export interface ReachOptions {
  readonly host: string;
  readonly mode: "development" | "production";
  readonly authentication: "tokens" | "none";
  readonly tls?: TlsOptions | undefined;
  readonly trustProxy?: readonly string[] | undefined;
  readonly publicOrigins?: readonly string[] | undefined;
  readonly cors?: readonly string[] | undefined;
}

/** From where the server can be reached, and under which names. */
export interface Reach {
  readonly scheme: "http" | "https";
  /** It listens on this machine only. */
  readonly isLocal: boolean;
  /** Proxies in front of it, whose word on the caller's address counts; undefined where there are none. */
  readonly proxies: BlockList | undefined;
  /** Origins under which it is known elsewhere. */
  readonly publicOrigins: ReadonlySet<string>;
  /** Origins whose pages may call it. */
  readonly cors: ReadonlySet<string>;
}

/**
 * What may be reached from elsewhere asks for credentials, and those are not sent in the clear.
 *
 * @throws MisuseError `address_not_loopback`, `public_origin_missing`; InvalidValueError `invalid_option`
 */
export function reachOf({ host, mode, authentication, tls, trustProxy, publicOrigins, cors }: ReachOptions): Reach {
  const isLocal = isLoopback(host);
  const named = JSON.stringify(host);
  const only = "Holdfast listens on loopback addresses only (127.0.0.1, ::1, localhost)";
  if (!isLocal && authentication === "none")
    throw new MisuseError(
      "address_not_loopback",
      `Without authentication ${only}, not on ${named}: every caller may do everything.`,
    );
  if (!isLocal && mode === "development")
    throw new MisuseError("address_not_loopback", `In development ${only}, not on ${named}.`);
  if (!isLocal && tls === undefined && trustProxy === undefined)
    throw new MisuseError(
      "address_not_loopback",
      `Without TLS ${only}, not on ${named}: tokens would be sent in the clear. Give it \`tls\` with a key and a certificate, or name the proxies that end TLS before it (\`trustProxy\`).`,
    );
  if (!isLocal && (publicOrigins === undefined || publicOrigins.length === 0))
    throw new MisuseError(
      "public_origin_missing",
      `On ${named} it must know under which addresses it is called: give \`publicOrigins\`, as in ["https://holdfast.example.org"].`,
    );
  return {
    scheme: tls === undefined ? "http" : "https",
    isLocal,
    proxies: trustProxy === undefined ? undefined : proxyList(trustProxy),
    publicOrigins: new Set((publicOrigins ?? []).map((origin) => checkOrigin("publicOrigins", origin))),
    cors: new Set((cors ?? []).map((origin) => checkOrigin("cors", origin))),
  };
}

function checkOrigin(option: string, origin: string): string {
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  if (parsed !== undefined && parsed.origin === origin.toLowerCase() && /^https?:$/.test(parsed.protocol))
    return parsed.origin;
  throw new InvalidValueError(
    "invalid_option",
    option,
    `${option} has origins as a browser sends them, like https://holdfast.example.org, not ${JSON.stringify(origin)}`,
  );
}

function proxyList(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = "", prefix] = text.split("/", 2);
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const bits = Number(prefix ?? (family === "ipv6" ? 128 : 32));
    if (isIP(address) === 0 || !Number.isInteger(bits) || bits < 1 || bits > (family === "ipv6" ? 128 : 32))
      throw new InvalidValueError(
        "invalid_option",
        "trustProxy",
        `trustProxy has addresses or networks of proxies, like 10.0.0.2 or 10.0.0.0/24, not ${JSON.stringify(text)}`,
      );
    list.addSubnet(address, bits, family);
  }
  return list;
}

/** Whether an address as a socket has it is in a list. */
export function isIn(list: BlockList, address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
  return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}
