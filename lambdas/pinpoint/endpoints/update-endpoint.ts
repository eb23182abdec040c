import type { DottedValues } from '../ports.ts';
import { badRequest } from '../protocol/errors.ts';
import { text } from './dotted.ts';
import { makeRoom } from './make-room.ts';
import { addressOf, applied, entryOf, isNoChange, sameAddress, sameEntry } from './merge.ts';
import type { AddressKey, EndpointRows } from './ports.ts';
import { addressText, afterOf, type Snapshot, type Update } from './snapshot.ts';

/**
 * Applies one update. The rows that point to the endpoint (its user's, its address's) are written first and the
 * endpoint last: a call that was cut short finds the endpoint as it was, and a repeat does everything again. What
 * another call changed in the meantime shows in the endpoint's old values, and is put right after.
 */
export async function updateEndpoint(rows: EndpointRows, snapshot: Snapshot, update: Update): Promise<void> {
  const before = snapshot.endpoints.get(update.id);
  const after = afterOf(before, update);
  await joinUser(rows, snapshot, update, after);
  await leaveUser(rows, update, before);
  await moveAddress(rows, snapshot, update.id, before, after);
  const raced = await rows.mergeEndpoint(update.id, update.change, update.initial);
  if (text(raced, 'User.UserId') !== text(before, 'User.UserId')) await leaveUser(rows, update, raced);
  snapshot.endpoints.set(update.id, afterOf(raced, update));
}

async function joinUser(rows: EndpointRows, snapshot: Snapshot, update: Update, after: DottedValues) {
  const { id, userId, userChange } = update;
  if (userId === undefined) return;
  const user = snapshot.users.get(userId);
  const entry = entryOf(after);
  if (sameEntry(user?.endpoints[id], entry) && isNoChange(user?.attributes, userChange)) return;
  const isNew = Object.keys(user?.endpoints ?? {}).length === 0;
  while (!(await rows.mergeUser(userId, userChange, id, entry, isNew))) {
    if (!(await makeRoom(rows, userId, entry.c))) {
      throw badRequest(`User ${userId} has 15 endpoints already; delete one before adding ${id}`);
    }
  }
  snapshot.users.set(userId, {
    attributes: applied(user?.attributes, userChange),
    endpoints: { ...user?.endpoints, [id]: entry },
  });
}

/** Takes the endpoint from the user it had, if that is another one now. */
async function leaveUser(rows: EndpointRows, update: Update, before: DottedValues | undefined) {
  const userId = text(before, 'User.UserId');
  if (userId !== undefined && userId !== update.userId) await rows.removeEntry(userId, update.id);
}

/** An active endpoint takes its address from any other endpoint, which becomes INACTIVE (pinpoint.md §2.2). */
export async function moveAddress(
  rows: EndpointRows,
  snapshot: Snapshot,
  id: string,
  before: DottedValues | undefined,
  after: DottedValues,
) {
  const [from, to] = [addressOf(before), addressOf(after)];
  if (from && !sameAddress(from, to)) await rows.releaseAddress(from, id);
  if (!to || text(after, 'EndpointStatus') === 'INACTIVE') return;
  const holder = snapshot.holders.get(addressText(to));
  if (holder === id) return;
  if (holder !== undefined) await loseAddress(rows, snapshot, holder, to);
  const raced = await rows.takeAddress(to, id);
  if (raced !== undefined && raced !== id && raced !== holder) await loseAddress(rows, snapshot, raced, to);
  snapshot.holders.set(addressText(to), id);
}

async function loseAddress(rows: EndpointRows, snapshot: Snapshot, id: string, address: AddressKey) {
  const lost = await rows.deactivate(id, address);
  if (!lost) return;
  snapshot.endpoints.set(id, lost);
  const userId = text(lost, 'User.UserId');
  if (userId === undefined) return;
  await rows.setEntryStatus(userId, id, 'INACTIVE');
  const user = snapshot.users.get(userId);
  if (user) {
    snapshot.users.set(userId, { ...user, endpoints: { ...user.endpoints, [id]: entryOf(lost) } });
  }
}
