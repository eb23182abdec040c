/** On which row of a list somebody stands. Pure. */

/** FNV-1a of the characters: the same for a userId for ever. */
export function shardOf(userId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < userId.length; at++) hash = Math.imul(hash ^ userId.charCodeAt(at), 0x01000193);
  // The low bits of FNV alone are those of the last characters.
  return ((hash ^ (hash >>> 15)) >>> 0) % shards;
}

/** Every shard, also the empty ones. */
export function placed(userIds: Iterable<string>, shards: number): Map<number, string[]> {
  const rows = new Map(Array.from({ length: shards }, (_, shard): [number, string[]] => [shard, []]));
  for (const userId of userIds) rows.get(shardOf(userId, shards))?.push(userId);
  return rows;
}
