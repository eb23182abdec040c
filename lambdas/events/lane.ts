/** How many lanes the stream is cut into: the greatest number of shards that can share the work. */
export const LANES = 4;

/**
 * Kinesis spreads partition keys over shards by their MD5. Under this prefix lanes 0…3 fall into different quarters,
 * and lanes 0…7 into different eighths, of the hash space, so that no shard stays idle while another has two lanes.
 */
const PREFIX = 'k';

/**
 * The partition key of a person's events. All events of one person take one lane, hence one shard, so that the state
 * consumer is the only writer of that person's row and sees the events in order.
 */
export function laneOf(person: string, lanes: number = LANES): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < person.length; at++) hash = Math.imul(hash ^ person.charCodeAt(at), 0x01000193);
  // FNV's low bits repeat the low bits of the last characters; the high half is mixed in before the remainder.
  return `${PREFIX}${((hash ^ (hash >>> 15)) >>> 0) % lanes}`;
}
