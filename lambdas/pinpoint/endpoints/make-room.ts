import { PUSH_CHANNELS } from './check-endpoint.ts';
import { text } from './dotted.ts';
import type { EndpointRows } from './ports.ts';

const isPush = (channel: string | undefined): boolean => PUSH_CHANNELS.some((push) => push === channel);

/**
 * Makes room for a user's sixteenth endpoint. One that is INACTIVE already gets nothing, so it goes first, whatever the
 * newcomer is (ours); else a device pushes out the device with the oldest EffectiveDate (pinpoint.md §2.2). Who goes
 * becomes INACTIVE and loses its user. False when there is no room to be made.
 */
export async function makeRoom(
  rows: EndpointRows,
  userId: string,
  channel: string | undefined,
): Promise<boolean> {
  const user = (await rows.users([userId])).get(userId);
  const entries = Object.entries(user?.endpoints ?? {});
  const inactive = entries.filter(([, entry]) => entry.s === 'INACTIVE');
  const devices = isPush(channel) ? entries.filter(([, entry]) => isPush(entry.c)) : [];
  const oldest = await oldestOf(
    rows,
    (inactive.length > 0 ? inactive : devices).map(([id]) => id),
  );
  if (oldest === undefined) return false;
  // The endpoint before the entry: cut short in between, the next try finds the same endpoint and ends it.
  await rows.orphan(oldest, userId);
  await rows.removeEntry(userId, oldest);
  return true;
}

async function oldestOf(rows: EndpointRows, ids: readonly string[]): Promise<string | undefined> {
  const endpoints = await rows.endpoints(ids);
  const [oldest] = ids
    .map((id) => ({ id, since: text(endpoints.get(id), 'EffectiveDate') ?? '' }))
    .sort((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
  return oldest?.id;
}
