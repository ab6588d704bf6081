import { checkValues, fails } from "../expressions.ts";

Deno.test("addresses are read and told apart", () => {
  checkValues([
    ['isIP("10.0.0.1")', true],
    ['isIP("::1")', true],
    ['isIP("2001:db8::1")', true],
    ['isIP("::ffff:0:1.2.3.4")', true],
    ['isIP("10.0.0.256")', false],
    ['isIP("10.0.0")', false],
    ['isIP("10.0.0.01")', false],
    ['isIP("1::2::3")', false],
    ['isIP("1:2:3:4:5:6:7")', false],
    ['isIP("fe80::1%eth0")', false],
    ['isIP("::ffff:10.0.0.1")', false],
    ['isIP("")', false],
    ['string(ip("2001:DB8:0:0:1:0:0:1"))', "2001:db8::1:0:0:1"],
    ['string(ip("0:0:0:0:0:0:0:0"))', "::"],
    ['string(ip("1::"))', "1::"],
    ['string(ip("1:0:2:3:4:5:6:7"))', "1:0:2:3:4:5:6:7"],
    ['ip("10.0.0.1")', "10.0.0.1"],
    ['ip("1::") == ip("1:0::0")', true],
    ['ip("10.0.0.1").family()', 4],
    ['ip(ip("::1")).family()', 6],
    ['ip("0.0.0.0").isUnspecified() && ip("::").isUnspecified()', true],
    ['ip("127.8.0.1").isLoopback() && ip("::1").isLoopback()', true],
    ['ip("128.0.0.1").isLoopback()', false],
    ['ip("224.0.0.9").isLinkLocalMulticast() && ip("ff02::1").isLinkLocalMulticast()', true],
    ['ip("169.254.1.1").isLinkLocalUnicast() && ip("fe80::1").isLinkLocalUnicast()', true],
    ['ip("10.0.0.1").isGlobalUnicast() && ip("2001:db8::1").isGlobalUnicast()', true],
    ['ip("224.0.0.1").isGlobalUnicast() || ip("255.255.255.255").isGlobalUnicast()', false],
    ['ip("x")', fails("the text is no IP address")],
  ]);
});

Deno.test("ranges hold addresses and ranges", () => {
  checkValues([
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['cidr("10.0.0.0/8").containsIP(ip("11.1.2.3"))', false],
    ['cidr("10.0.0.0/8").containsIP("::1")', false],
    ['cidr("0.0.0.0/0").containsIP("1.2.3.4")', true],
    ['cidr("2001:db8::/32").containsIP("2001:db8:1::1")', true],
    ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16")', true],
    ['cidr("10.0.0.0/8").containsCIDR(cidr("0.0.0.0/0"))', false],
    ['cidr("10.1.2.3/8").ip()', "10.1.2.3"],
    ['cidr("10.1.2.3/8").masked()', "10.0.0.0/8"],
    ['string(cidr("10.1.2.3/8").masked())', "10.0.0.0/8"],
    ['cidr("10.1.2.3/8").prefixLength()', 8],
    ['cidr(cidr("10.0.0.0/8")) == cidr("10.0.0.0/8")', true],
    ['cidr("10.0.0.0/33")', fails("the text is no range of IP addresses")],
    ['cidr("10.0.0.0")', fails("the text is no range of IP addresses")],
  ]);
});
