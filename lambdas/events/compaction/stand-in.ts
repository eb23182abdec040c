/** What stands in the lake for an id of somebody who is erased (docs/adr/0013-the-ledger-is-compacted-too.md). Pure. */

/**
 * SQL of 32 hexadecimal digits that nobody computes from the id once the key is forgotten. `key` and `id` are SQL; ids of two
 * kinds never meet.
 */
export const standIn = (key: string, kind: 'record' | 'message' | 'endpoint' | 'user', id: string): string =>
  `lower(substr(to_hex(sha256(to_utf8(${key} || ' ${kind} ' || ${id}))), 1, 32))`;
