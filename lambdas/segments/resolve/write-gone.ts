import type { Bits, Gone } from '../ports.ts';

export interface GoneDeps {
  readonly gone: Gone;
  readonly bits: Bits;
}

/**
 * Writes who asked to be erased into a partition of `segment_bits`, which the statement then leaves out: however many they are, it
 * has room for them. Undefined when there is nobody.
 */
export async function writeGone({ gone, bits }: GoneDeps, partition: string): Promise<string | undefined> {
  const userIds = await gone();
  if (userIds.length === 0) return undefined;
  const lines = userIds.map((userId) => `${JSON.stringify({ user_id: userId, bits: '' })}\n`);
  await bits.writePart(partition, 'gone', lines.join(''));
  return partition;
}
