/** Shards of the index `due` (design.md, "Tick"). */
export const DUE_SHARDS = 64;

/** The shard of a campaign's rows, `0`…`63` (FNV-1a): due rows of many campaigns spread over the index. */
export function shardOf(campaignId: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < campaignId.length; i++)
    hash = Math.imul(hash ^ campaignId.charCodeAt(i), 0x01000193) >>> 0;
  return String(hash % DUE_SHARDS);
}

/** How long a row waits for the message that moves it on before the tick sends another. */
export const WATCH_MS = 60_000;
