/** Members' states as everybody but their own consumer should see them: with what they did before they were named. */
import type { StateStore } from '../ports.ts';
import { deedsOf } from './browser-state.ts';
import { type Deeds, withDeeds } from './fold-events.ts';
import { type JoinedBrowser, joinedBrowsers } from './joined-browsers.ts';
import type { MemberState } from './member-state.ts';
import { ownerOf } from './namings.ts';

/**
 * The states of the members that exist, by userId; ids are distinct. What is a member's of a browser they were named in is
 * told by all who were named there, so it is never kept twice, and a naming that comes late moves it
 * (docs/adr/0015-a-members-state-is-joined-when-it-is-read.md).
 */
export async function mergedStates(
  states: Pick<StateStore, 'read'>,
  userIds: readonly string[],
): Promise<Map<string, MemberState>> {
  const { members } = await states.read({ members: userIds });
  const browsers = [...members.values()].flatMap((state) => idsOf(state));
  const joined = browsers.length === 0 ? undefined : await joinedBrowsers(states, browsers, { members });
  return new Map(
    [...members].map(([userId, state]) => {
      const theirs = idsOf(state).flatMap((id) => {
        const browser = joined?.get(id);
        return browser === undefined ? [] : [deedsOfMember(browser, userId)];
      });
      return [userId, withDeeds(state, together(theirs)) ?? state];
    }),
  );
}

const idsOf = (state: MemberState): string[] => (state.browsers ?? []).map(({ anonymousId }) => anonymousId);

const together = (all: readonly Deeds[]): Deeds => ({
  happened: all.flatMap(({ happened }) => happened),
  sums: all.flatMap(({ sums }) => sums),
});

/** What was done in the browser that is the member's and not in their own state yet. */
export const deedsOfMember = ({ browser, claims }: JoinedBrowser, userId: string): Deeds =>
  deedsOf(browser, (at) => {
    const owner = ownerOf(claims, at);
    return owner?.userId === userId && !owner.isSettled;
  });
