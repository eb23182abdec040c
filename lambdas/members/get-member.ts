import { notFound } from '../shared/errors.ts';
import { type MemberView, memberWithState } from './member-view.ts';
import type { MemberStore, StateStore } from './ports.ts';
import { stateKey } from './state/update-states.ts';

/** A member's profile and state. Throws `not_found` when neither a request nor an event has named the userId. */
export async function getMember(
  deps: { readonly members: MemberStore; readonly states: StateStore },
  userId: string,
): Promise<MemberView> {
  const key = stateKey.ofUser(userId);
  const [members, states] = await Promise.all([deps.members.getAll([userId]), deps.states.getAll([key])]);
  const member = members.get(userId);
  const state = states.get(key);
  if (member === undefined && state === undefined) throw notFound(`There is no member "${userId}"`, 'userId');
  return memberWithState(userId, member, state);
}
