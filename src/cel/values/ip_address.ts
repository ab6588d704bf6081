import { CelObject } from "./cel_object.ts";

/** An IP address. */
export class IpAddress extends CelObject {
  override readonly type = "ip";
  readonly family: 4 | 6;
  readonly bits: bigint;

  constructor(family: 4 | 6, bits: bigint) {
    super();
    this.family = family;
    this.bits = bits;
  }

  /** Undefined where the text is none; zones and addresses of IPv4 within IPv6 are none either. */
  static parse(text: string): IpAddress | undefined {
    if (!text.includes(":")) {
      const bits = parseIpv4(text);
      return bits === undefined ? undefined : new IpAddress(4, bits);
    }
    const bits = parseIpv6(text);
    return bits === undefined || bits >> 32n === 0xffffn ? undefined : new IpAddress(6, bits);
  }

  override plain(): string {
    return this.text();
  }

  override text(): string {
    return this.family === 4 ? ipv4Text(this.bits) : ipv6Text(this.bits);
  }

  override equals(other: CelObject): boolean {
    return other instanceof IpAddress && other.family === this.family && other.bits === this.bits;
  }
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every(isOctet)) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function isOctet(part: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "", true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The 16-bit groups of a part of an address; its end may be written like an address of IPv4. */
function groupsOf(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const dotted = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (dotted !== undefined) groups.push(dotted >> 16n, dotted & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

function ipv4Text(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join(".");
}

/** The longest run of zeros is left out, as RFC 5952 says. */
function ipv6Text(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => {
    return ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16);
  });
  const runs = groups.join(":").match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => run.length > best.length ? run : best, "");
  const text = groups.join(":");
  if (longest === "") return text;
  const start = text.search(new RegExp(`\\b${longest}\\b`));
  const before = text.slice(0, start).replace(/:$/, "");
  return `${before}::${text.slice(start + longest.length).replace(/^:/, "")}`;
}
