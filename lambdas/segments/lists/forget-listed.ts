import type { Lists } from './ports.ts';

/**
 * Takes a person off every list (spec §1, erasure). What an upload said of people nobody knows has no owner to be found by: it lies
 * where it expires. To be called when the member is gone from the members table; safe to repeat.
 */
export async function forgetListed(lists: Lists, userId: string): Promise<void> {
  for (const { list } of await lists.all()) {
    const [found] = await lists.having(list, [userId]);
    if (found !== undefined) await lists.takeOff(list, userId);
  }
}
