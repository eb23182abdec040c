/** What rows about to be written need to know of others: who else was named in a browser, and what may go. */
import { DAY_MS } from '../../shared/durations.ts';
import { inParallel } from '../../shared/parallel.ts';
import { bytesOf } from '../../shared/utf8.ts';
import type { StateRows, StateStore } from '../ports.ts';
import { BOUNDS, type Bounds, type BrowserState, isFull, slimmed, summedUp } from './browser-state.ts';
import { withDeeds } from './fold-events.ts';
import { type JoinedBrowser, joinedBrowsers } from './joined-browsers.ts';
import type { MemberState, NamedBrowser } from './member-state.ts';
import { deedsOfMember } from './merged-states.ts';
import { lastNamed, ownerOf, spansOf } from './namings.ts';
import { packedBrowserState } from './packed.ts';

export interface StateBounds extends Bounds {
  /** Browsers that a member's state names; of more, those in which the member was named longest ago are settled. */
  readonly browsers: number;
  /** Those in which they were not named for so long before they were seen last are settled as well. */
  readonly settledAfterMs: number;
}

export const STATE_BOUNDS: StateBounds = { ...BOUNDS, browsers: 12, settledAfterMs: 30 * DAY_MS };

type Members = ReadonlyMap<string, MemberState>;
type Changed = Omit<StateRows, 'namings'>;

const CALLS_IN_FLIGHT = 8;
/** In bytes, without fingerprints: what comes until events are summed up again, and those, fit into a row of 400 KB besides. */
const LONGEST = 150_000;

/**
 * Notes of each browser that is new to a member's state who was named there, before the state is written: whoever reads the
 * browser's events must find all who may own them. A worker that dies in between does it again. Where too many were named,
 * the state names it no more.
 */
export async function withNewBrowsers(
  states: Pick<StateStore, 'join'>,
  stored: Members | undefined,
  changed: Members,
): Promise<Members> {
  const fresh = [...changed].flatMap(([userId, state]) => {
    const before = browserIds(stored?.get(userId));
    return (state.browsers ?? [])
      .filter(({ anonymousId }) => !before.has(anonymousId))
      .map((browser) => ({ userId, browser }));
  });
  if (fresh.length === 0) return changed;
  const members = new Map(changed);
  await inParallel(fresh, CALLS_IN_FLIGHT, async ({ userId, browser }) => {
    const namings = await states.join(browser.anonymousId, userId);
    const state = members.get(userId);
    if (state === undefined) return;
    const settled = namings?.settled.get(userId);
    if (namings === undefined) members.set(userId, replaced(state, browser.anonymousId));
    else if (settled !== undefined)
      members.set(
        userId,
        replaced(state, browser.anonymousId, {
          ...browser,
          namings: spansOf([...settled, ...browser.namings]),
          settledTo: lastNamed({ namings: settled }),
        }),
      );
  });
  return members;
}

const browserIds = (state: MemberState | undefined): Set<string> =>
  new Set(state?.browsers?.map(({ anonymousId }) => anonymousId));

function replaced({ browsers = [], ...state }: MemberState, id: string, by?: NamedBrowser): MemberState {
  const left = browsers.flatMap((browser) => (browser.anonymousId === id ? (by ?? []) : [browser]));
  return left.length === 0 ? state : { ...state, browsers: left };
}

/** The rows as they may be written: of no more events, and of no more browsers, than a row should name. */
export async function bounded(
  { states, bounds = STATE_BOUNDS }: { readonly states: StateStore; readonly bounds?: StateBounds },
  stored: Members | undefined,
  changed: Changed,
): Promise<Changed> {
  const full = [...changed.browsers].filter(([, browser]) => isFull(browser, bounds)).map(([id]) => id);
  const leaving = [...changed.members].flatMap(([userId, state]) => {
    const before = browserIds(stored?.get(userId));
    return leavingOf(state, bounds)
      .filter(({ anonymousId }) => before.has(anonymousId))
      .map((browser) => ({ userId, browser }));
  });
  if (full.length + leaving.length === 0) return changed;
  const asked = [...full, ...leaving.map(({ browser }) => browser.anonymousId)];
  const joined = await joinedBrowsers(states, asked, changed);
  const members = new Map(changed.members);
  for (const { userId, browser } of leaving) {
    const state = members.get(userId);
    if (state === undefined) continue;
    // Written first: as long as the member's own state names the browser, it is that which counts. Therefore it has to
    // name it already, or a worker that dies here would leave behind that something is settled which is not.
    await states.settle(browser.anonymousId, userId, browser.namings);
    members.set(userId, settledInto(state, userId, browser.anonymousId, joined));
  }
  const browsers = new Map(changed.browsers);
  for (const id of full) {
    const found = joined.get(id);
    if (found !== undefined) browsers.set(id, summedUpBy(found, bounds));
  }
  return { members, browsers };
}

/** By the member's own time, not by the clock: when history is told again, its events have time to come as well. */
function leavingOf(
  { browsers = [], lastSeenAt }: MemberState,
  { browsers: most, settledAfterMs }: StateBounds,
): NamedBrowser[] {
  const now = Date.parse(lastSeenAt);
  const lately = [...browsers].sort((a, b) => lastNamed(b) - lastNamed(a));
  return lately.filter((browser, at) => at >= most || lastNamed(browser) < now - settledAfterMs);
}

function settledInto(
  state: MemberState,
  userId: string,
  id: string,
  joined: ReadonlyMap<string, JoinedBrowser>,
): MemberState {
  const browser = joined.get(id);
  const whole = browser === undefined ? state : (withDeeds(state, deedsOfMember(browser, userId)) ?? state);
  return replaced(whole, id);
}

/** Apart are those of each member, those that are in their state already, and those of nobody yet. */
function summedUpBy({ browser, claims }: JoinedBrowser, bounds: Bounds): BrowserState {
  const state = summedUp(
    browser,
    (at) => {
      const owner = ownerOf(claims, at);
      return owner === undefined ? '' : `${owner.isSettled} ${owner.userId}`;
    },
    bounds,
  );
  const length = bytesOf(packedBrowserState({ ...state, countedEvents: '' }));
  return length > LONGEST ? slimmed(state) : state;
}
