/** Takes a person out of member state: their own, and what they did in browsers before they were named. */
import type { Turn } from '../../events/index.ts';
import { inParallel } from '../../shared/parallel.ts';
import { withoutDeeds } from '../state/browser-state.ts';
import { type JoinedBrowser, joinedBrowsers } from '../state/joined-browsers.ts';
import { lastNamed, ownerOf } from '../state/namings.ts';
import type { ErasedStates, StateEraser } from './ports.ts';

const BROWSERS_IN_FLIGHT = 8;

/** May be repeated, also after a part: the member's own state, which names the browsers, goes last. */
export async function forgetStates(states: StateEraser, of: ErasedStates): Promise<void> {
  await forget(states, of, { mayHaveComeBack: false });
  await states.removeState(of.userId);
}

/** What the lake has told of browsers; where the person was named again meanwhile, they stay named. */
export const forgetInBrowsers = (states: StateEraser, of: ErasedStates): Promise<void> =>
  forget(states, of, { mayHaveComeBack: true });

async function forget(
  states: StateEraser,
  { userId, turns, requestedAt }: ErasedStates,
  { mayHaveComeBack }: { readonly mayHaveComeBack: boolean },
): Promise<void> {
  const { members } = await states.read({ members: [userId] });
  const named = (members.get(userId)?.browsers ?? []).map(({ anonymousId }) => anonymousId);
  const told = turns.map(({ anonymousId }) => anonymousId);
  const settled = mayHaveComeBack ? [] : await states.settledBrowsers(userId);
  const all = mayHaveComeBack ? [...new Set(told)] : [...new Set([...named, ...settled, ...told])];
  const joined = await joinedBrowsers(states, all, { members });
  const until = Date.parse(requestedAt);
  await inParallel(all, BROWSERS_IN_FLIGHT, async (id) => {
    const browser = joined.get(id);
    const own = turns.filter(({ anonymousId }) => anonymousId === id);
    if (browser !== undefined)
      await states.change(id, (state) =>
        withoutDeeds(
          state,
          // A clock that ran ahead makes nothing later than its arrival.
          (instant, at) => at <= until && (isWithin(own, instant) || isOwn(browser, userId, instant)),
        ),
      );
    if (!mayHaveComeBack || !named.includes(id)) await states.leave(id, userId);
  });
}

const isWithin = (turns: readonly Turn[], at: number): boolean =>
  turns.some(
    ({ afterMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }) => at > afterMs && at <= toMs,
  );

/** Theirs by who was named; what follows the last naming of all is the person's who was named then. */
function isOwn({ claims }: JoinedBrowser, userId: string, at: number): boolean {
  const owner = ownerOf(claims, at);
  if (owner !== undefined) return owner.userId === userId;
  const [last] = [...claims].sort((a, b) => lastNamed(b) - lastNamed(a));
  return last?.userId === userId;
}
