import { CelError } from "../expression.ts";
import {
  binary,
  type FunctionTable,
  type Overload,
  type Reader,
  text,
  unary,
} from "../engine/signature.ts";
import { Cidr } from "../values/cidr.ts";
import { IpAddress } from "../values/ip_address.ts";

const address: Reader<IpAddress> = (value) => value instanceof IpAddress ? value : undefined;

const range: Reader<Cidr> = (value) => value instanceof Cidr ? value : undefined;

/** IP addresses and their ranges. */
export const network: FunctionTable = {
  functions: {
    isIP: [unary(text, (given) => IpAddress.parse(given) !== undefined)],
    ip: [unary(text, parseIp), unary(address, (given) => given)],
    cidr: [unary(text, parseCidr), unary(range, (given) => given)],
  },
  methods: {
    family: [unary(address, ({ family }) => BigInt(family))],
    isUnspecified: [unary(address, ({ bits }) => bits === 0n)],
    isLoopback: within("127.0.0.0/8", "::1/128"),
    isLinkLocalMulticast: within("224.0.0.0/24", "ff02::/16"),
    isLinkLocalUnicast: within("169.254.0.0/16", "fe80::/10"),
    isGlobalUnicast: [unary(address, isGlobalUnicast)],
    containsIP: [
      binary(range, address, (whole, part) => whole.containsIp(part)),
      binary(range, text, (whole, part) => whole.containsIp(parseIp(part))),
    ],
    containsCIDR: [
      binary(range, range, (whole, part) => whole.containsCidr(part)),
      binary(range, text, (whole, part) => whole.containsCidr(parseCidr(part))),
    ],
    ip: [unary(range, (given) => given.address)],
    masked: [unary(range, (given) => given.masked())],
    prefixLength: [unary(range, (given) => BigInt(given.prefixLength))],
  },
};

/** As Go has it: all but the unspecified, loopback, multicast, link-local and broadcast ones. */
const NO_GLOBAL_UNICAST = [
  "0.0.0.0/32",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "255.255.255.255/32",
  "::/127",
  "fe80::/10",
  "ff00::/8",
].map(parseCidr);

function isGlobalUnicast(given: IpAddress): boolean {
  return !NO_GLOBAL_UNICAST.some((range) => range.containsIp(given));
}

function within(...ranges: readonly string[]): readonly Overload[] {
  const parsed = ranges.map(parseCidr);
  return [unary(address, (given) => parsed.some((range) => range.containsIp(given)))];
}

function parseIp(given: string): IpAddress {
  const parsed = IpAddress.parse(given);
  if (parsed === undefined) throw new CelError("the text is no IP address");
  return parsed;
}

function parseCidr(given: string): Cidr {
  const parsed = Cidr.parse(given);
  if (parsed === undefined) throw new CelError("the text is no range of IP addresses");
  return parsed;
}
