import { CelObject } from "./cel_object.ts";
import { IpAddress } from "./ip_address.ts";

/** A range of IP addresses: `10.0.0.0/8`. */
export class Cidr extends CelObject {
  override readonly type = "cidr";
  readonly address: IpAddress;
  readonly prefixLength: number;

  constructor(address: IpAddress, prefixLength: number) {
    super();
    this.address = address;
    this.prefixLength = prefixLength;
  }

  static parse(text: string): Cidr | undefined {
    const found = /^([^/]+)\/(\d{1,3})$/.exec(text);
    const address = IpAddress.parse(found?.[1] ?? "");
    const prefixLength = Number(found?.[2]);
    if (address === undefined || prefixLength > bitsOf(address)) return undefined;
    return new Cidr(address, prefixLength);
  }

  containsIp({ family, bits }: IpAddress): boolean {
    if (family !== this.address.family) return false;
    const free = BigInt(bitsOf(this.address) - this.prefixLength);
    return bits >> free === this.address.bits >> free;
  }

  containsCidr(other: Cidr): boolean {
    return other.prefixLength >= this.prefixLength && this.containsIp(other.address);
  }

  /** The range under its first address. */
  masked(): Cidr {
    const { family, bits } = this.address;
    const free = BigInt(bitsOf(this.address) - this.prefixLength);
    return new Cidr(new IpAddress(family, (bits >> free) << free), this.prefixLength);
  }

  override plain(): string {
    return this.text();
  }

  override text(): string {
    return `${this.address.text()}/${this.prefixLength}`;
  }

  override equals(other: CelObject): boolean {
    return other instanceof Cidr && other.prefixLength === this.prefixLength &&
      other.address.equals(this.address);
  }
}

function bitsOf({ family }: IpAddress): number {
  return family === 4 ? 32 : 128;
}
