/** Browsers with those who were named in them: whose is what was done there without a name. */
import type { BrowserNamings, StateRows, StateStore } from '../ports.ts';
import type { BrowserState } from './browser-state.ts';
import type { MemberState } from './member-state.ts';
import { type Claim, lastNamed } from './namings.ts';

/** Where so many members were named, a till or a showroom's tablet stands: what is done there without a name is nobody's. */
export const MOST_MEMBERS = 32;

export interface JoinedBrowser {
  readonly browser: BrowserState;
  readonly claims: readonly Claim[];
}

/**
 * By anonymous_id, those of the browsers in which something was done without a name. `known` are rows that need not be
 * read, or are about to be written.
 */
export async function joinedBrowsers(
  states: Pick<StateStore, 'read'>,
  anonymousIds: Iterable<string>,
  known: Partial<StateRows> = {},
): Promise<Map<string, JoinedBrowser>> {
  const asked = [...new Set(anonymousIds)];
  const read = await states.read({
    browsers: asked.filter((id) => !known.browsers?.has(id)),
    namings: asked,
  });
  const found = asked.flatMap((id) => {
    const browser = known.browsers?.get(id) ?? read.browsers.get(id);
    return browser === undefined ? [] : [{ id, browser, namings: read.namings.get(id) ?? NOBODY }];
  });
  const others = new Set(found.flatMap(({ namings: { userIds } }) => userIds));
  const unread = [...others].filter((userId) => !known.members?.has(userId));
  const members = unread.length === 0 ? undefined : (await states.read({ members: unread })).members;
  const memberOf = (userId: string) => known.members?.get(userId) ?? members?.get(userId);
  return new Map(
    found.map(({ id, browser, namings }) => [id, { browser, claims: claimsOf(id, namings, memberOf) }]),
  );
}

const NOBODY: BrowserNamings = { userIds: [], isFull: false, settled: new Map() };

function claimsOf(
  anonymousId: string,
  { userIds, isFull, settled }: BrowserNamings,
  memberOf: (userId: string) => MemberState | undefined,
): Claim[] {
  if (isFull) return [];
  return userIds.flatMap((userId): Claim[] => {
    const named = memberOf(userId)?.browsers?.find((browser) => browser.anonymousId === anonymousId);
    if (named !== undefined) return [{ ...named, userId }];
    const namings = settled.get(userId);
    return namings === undefined ? [] : [{ userId, namings, settledTo: lastNamed({ namings }) }];
  });
}
