import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Networks that are not the public internet (IANA's special-purpose registries), and tunnels to them. An IPv4 address
 * mapped to IPv6 (`::ffff:10.0.0.1`) is judged by the IPv4 list.
 */
const NOT_PUBLIC = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  ipv6: [
    '::/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    'fc00::/7',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ],
} as const;

const blocked = new BlockList();
for (const family of ['ipv4', 'ipv6'] as const) {
  for (const network of NOT_PUBLIC[family]) {
    const [address = '', bits] = network.split('/');
    blocked.addSubnet(address, Number(bits), family);
  }
}

/** Whether an IP address may be called for a stranger: it lies on the public internet. False for what is no address. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !blocked.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** A URL leads into a network that is not public. */
export class NotPublic extends Error {
  constructor(host: string, address: string) {
    super(`${host} is at ${address}, which is not a public address`);
  }
}

/** Throws NotPublic when the URL names an address, not a name, and it is not public: no name is looked up for those. */
export function requirePublicLiteral({ hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !isPublic(address)) throw new NotPublic(hostname, address);
}

/**
 * The lookup of a connection: fails with NotPublic when any address of the name is not public. It decides on the very
 * addresses that are connected to, so a name cannot change its mind after the check.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const inside = addresses?.find(({ address }) => !isPublic(address));
    const failure = error ?? (inside && new NotPublic(hostname, inside.address));
    const [first] = addresses ?? [];
    if (failure || !first) return callback(failure ?? new Error(`${hostname} has no address`), '');
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
