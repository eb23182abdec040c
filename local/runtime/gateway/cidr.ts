/** An address block: the first `bits` of `network` are fixed. IPv4 has 32 bits, IPv6 128. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly network: bigint;
  readonly bits: number;
}

interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const OCTET = /^(0|[1-9]\d{0,2})$/;
const HEXTET = /^[0-9a-f]{1,4}$/i;
const MAPPED_PREFIX = 0xffffn << 32n;

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** `a:b::1.2.3.4` → the same with two hextets instead of the dotted tail. */
function withoutDottedTail(text: string): string | undefined {
  const cut = text.lastIndexOf(':') + 1;
  if (!text.slice(cut).includes('.')) return text;
  const tail = ipv4(text.slice(cut));
  return tail === undefined
    ? undefined
    : `${text.slice(0, cut)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
}

const hextets = (text: string): string[] => (text === '' ? [] : text.split(':'));

function ipv6(text: string): bigint | undefined {
  const plain = withoutDottedTail(text);
  const halves = plain?.split('::');
  if (halves === undefined || halves.length > 2) return undefined;
  const [head, tail] = [hextets(halves[0] ?? ''), hextets(halves[1] ?? '')];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!all.every((part) => HEXTET.test(part))) return undefined;
  return all.reduce((value, part) => (value << 16n) | BigInt(`0x${part}`), 0n);
}

/** An address as a number. An IPv4 address that a dual-stack socket shows as `::ffff:a.b.c.d` is IPv4. */
export function parseAddress(text: string): Address | undefined {
  const four = ipv4(text);
  if (four !== undefined) return { family: 4, value: four };
  const six = ipv6(text.split('%')[0] ?? '');
  if (six === undefined) return undefined;
  if (six >> 32n === MAPPED_PREFIX >> 32n) return { family: 4, value: six & 0xffffffffn };
  return { family: 6, value: six };
}

/** `10.0.0.0/8`, `2001:db8::/32`, or a single address. Throws on anything else. */
export function parseCidr(text: string): Cidr {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  const width = address?.family === 4 ? 32 : 128;
  const bits = bitsText === undefined ? width : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : -1;
  if (!address || rest.length > 0 || bits < 0 || bits > width)
    throw new Error(`${text} is not an address or CIDR block`);
  return { family: address.family, network: address.value, bits };
}

/** Whether the block holds the address; an IPv4 block never holds an IPv6 address, nor the other way round. */
export function holds(cidr: Cidr, addressText: string): boolean {
  const address = parseAddress(addressText);
  if (address?.family !== cidr.family) return false;
  const free = BigInt((cidr.family === 4 ? 32 : 128) - cidr.bits);
  return address.value >> free === cidr.network >> free;
}
