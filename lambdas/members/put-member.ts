import type { Ctx } from '../shared/context.ts';
import { invalid } from '../shared/errors.ts';
import { type MemberView, memberView } from './member-view.ts';
import { type UpsertDeps, upsertMembers } from './upsert-members.ts';

/** Creates or changes one member. Throws what is wrong with the body, or that the engine did not take the endpoints. */
export async function putMember(
  deps: UpsertDeps,
  ctx: Ctx,
  userId: string,
  body: unknown,
): Promise<MemberView> {
  const [outcome] = await upsertMembers(deps, ctx, [named(userId, body)]);
  if (outcome?.member === undefined) throw outcome?.error ?? new Error('An entry has no outcome');
  return memberView(outcome.member);
}

function named(userId: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ field: '', message: 'The body must be an object with the fields of a member' }]);
  }
  const told = (body as { userId?: unknown }).userId;
  if (told !== undefined && told !== userId) {
    const message = `userId is ${JSON.stringify(told)}, but the path says "${userId}"`;
    throw invalid([{ field: 'userId', message }]);
  }
  return { ...body, userId };
}
