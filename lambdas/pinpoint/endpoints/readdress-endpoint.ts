import type { DottedValues } from '../ports.ts';
import { text } from './dotted.ts';
import { addressOf } from './merge.ts';
import type { EndpointRows } from './ports.ts';
import { addressText, type Snapshot } from './snapshot.ts';
import { moveAddress } from './update-endpoint.ts';

/**
 * Gives the endpoint the address `to` if it has `from`. The endpoint's own row is written first, for it decides whether
 * anything happens at all; the rows that point to it follow. Cut short in between, a repeat meets the endpoint with its
 * new address and does what is left.
 */
export async function readdressEndpoint(
  rows: EndpointRows,
  id: string,
  from: string,
  to: string,
): Promise<void> {
  const endpoints = await rows.endpoints([id]);
  const channel = text(endpoints.get(id), 'ChannelType');
  if (channel === undefined || from === to) return;
  const [old, wanted] = [
    { channel, address: from },
    { channel, address: to },
  ];
  const after = addressed(endpoints.get(id), to) ?? (await rows.readdress(id, old, to));
  if (after === undefined) return;
  const userId = text(after, 'User.UserId');
  if (userId !== undefined) await rows.readdressEntry(userId, id, old, to);
  const [holder] = await rows.holders([wanted]);
  const snapshot: Snapshot = {
    endpoints,
    users: new Map(),
    holders: new Map([[addressText(wanted), holder]]),
  };
  await moveAddress(rows, snapshot, id, { ...after, Address: from }, after);
}

/** The values if they have the address. */
const addressed = (values: DottedValues | undefined, address: string): DottedValues | undefined =>
  addressOf(values)?.address === address ? values : undefined;
