import { notFound } from '../shared/errors.ts';
import { type MemberView, memberWithState } from './member-view.ts';
import type { MemberStore, StateStore } from './ports.ts';
import { mergedStates } from './state/merged-states.ts';

/** A member's profile, and their state with what they did before they were named. Throws `not_found` when neither a request nor an event has named the userId. */
export async function getMember(
  deps: { readonly members: MemberStore; readonly states: Pick<StateStore, 'read'> },
  userId: string,
): Promise<MemberView> {
  const [members, states] = await Promise.all([
    deps.members.getAll([userId]),
    mergedStates(deps.states, [userId]),
  ]);
  const member = members.get(userId);
  const state = states.get(userId);
  if (member === undefined && state === undefined) throw notFound(`There is no member "${userId}"`, 'userId');
  return memberWithState(userId, member, state);
}
