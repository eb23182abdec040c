import type { Member } from './member.ts';
import type { MemberState } from './state/member-state.ts';
import { type StateView, stateView } from './state/state-view.ts';

/** A member as the API shows it; `state` is null until an event has told something. */
export type MemberView = Partial<Omit<Member, 'version' | 'texts' | 'retired'>> &
  Member['texts'] & { readonly userId: string; readonly state?: StateView | null };

export function memberView({
  version: _version,
  retired: _retired,
  texts,
  userId,
  ...rest
}: Member): MemberView {
  return { userId, ...texts, ...rest };
}

/** The profile with what events have told beside it. Somebody may be known by events before any profile comes. */
export const memberWithState = (
  userId: string,
  member: Member | undefined,
  state: MemberState | undefined,
): MemberView => ({
  ...(member === undefined ? { userId } : memberView(member)),
  state: state === undefined ? null : stateView(state),
});
