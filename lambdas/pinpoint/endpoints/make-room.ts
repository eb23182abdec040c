import { PUSH_CHANNELS } from './check-endpoint.ts';
import { text } from './dotted.ts';
import type { EndpointRows } from './ports.ts';

const isPush = (channel: string | undefined): boolean => PUSH_CHANNELS.some((push) => push === channel);

/**
 * A user's sixteenth endpoint, when it is a device, pushes out the device with the oldest EffectiveDate, which becomes
 * INACTIVE and loses its user (pinpoint.md §2.2). False when there is no room to be made.
 */
export async function makeRoom(
  rows: EndpointRows,
  userId: string,
  channel: string | undefined,
): Promise<boolean> {
  if (!isPush(channel)) return false;
  const user = (await rows.users([userId])).get(userId);
  const devices = Object.entries(user?.endpoints ?? {}).filter(([, entry]) => isPush(entry.c));
  const endpoints = await rows.endpoints(devices.map(([id]) => id));
  const [oldest] = devices
    .map(([id]) => ({ id, since: text(endpoints.get(id), 'EffectiveDate') ?? '' }))
    .sort((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
  if (!oldest) return false;
  // The endpoint before the entry: cut short in between, the next try finds the same endpoint and ends it.
  await rows.orphan(oldest.id, userId);
  await rows.removeEntry(userId, oldest.id);
  return true;
}
