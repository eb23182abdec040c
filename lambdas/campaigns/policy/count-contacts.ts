import { RepointError } from '../../shared/errors.ts';
import { inParallel } from '../../shared/parallel.ts';
import { isCounted, withContact } from './caps.ts';
import { type Judgement, judge, type MemberFacts, memberDays, type Rules } from './judge.ts';
import type { ContactRow, ContactStore } from './ports.ts';

/** Rows are written one by one, for each has its own condition. */
const WRITES_IN_FLIGHT = 25;
/** Each round that is lost is one that somebody else has won: so many sends at once to one member are a mistake. */
const ROUNDS = 20;

/**
 * Counts a contact of the send for each of these members, as of `now` (epoch milliseconds), and answers the judgements on
 * those for whom there was no room after all. Safe to repeat and to race: nobody is counted twice for a send, and nobody
 * beyond a cap. `rows`: what was read of them, which may lag.
 */
export async function countContacts(
  store: ContactStore,
  rules: Rules,
  members: ReadonlyMap<string, MemberFacts>,
  rows: ReadonlyMap<string, ContactRow>,
  now: number,
): Promise<Map<string, Judgement>> {
  const refused = new Map<string, Judgement>();
  let left = [...members];
  let known = rows;
  for (let round = 0; left.length > 0; round++) {
    if (round === ROUNDS)
      throw new RepointError('unavailable', 'Contacts are written by others all the time');
    if (round > 0)
      known = await store.batch(
        left.map(([userId]) => userId),
        { consistent: true },
      );
    const settled = await inParallel(left, WRITES_IN_FLIGHT, ([userId, facts]) =>
      settle(store, rules, userId, facts, known.get(userId), now, refused),
    );
    left = left.filter((_, index) => !settled[index]);
  }
  return refused;
}

/** Counts the member, or notes why not; false when somebody else wrote the row first. */
async function settle(
  store: ContactStore,
  rules: Rules,
  userId: string,
  facts: MemberFacts,
  row: ContactRow | undefined,
  now: number,
  refused: Map<string, Judgement>,
): Promise<boolean> {
  const { contacts, revision } = row ?? { contacts: new Map(), revision: 0 };
  const judgement = judge(facts, rules, contacts, now);
  if (judgement.kind !== 'send') refused.set(userId, judgement);
  if (judgement.kind !== 'send' || isCounted(contacts, rules.sendId, memberDays(facts, rules, now)))
    return true;
  const { sendId, channel } = rules;
  return store.put(userId, withContact(contacts, sendId, { at: now, channel }), revision);
}
