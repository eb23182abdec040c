import type { Ctx } from '../shared/context.ts';
import { type ErrorCode, invalid, type Problem } from '../shared/errors.ts';
import type { HttpAnswer } from '../shared/http.ts';
import { type UpsertDeps, type Upserted, upsertMembers } from './upsert-members.ts';

/** The most members one request may bring (spec §2). */
const MAX_MEMBERS = 100;

/** What may go better when the same batch is sent again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'conflict', 'internal']);

/** One bad entry of a batch: which one, and everything that is wrong with it. */
interface BadMember {
  /** Position in the batch, from 0. */
  readonly index: number;
  readonly userId: string | null;
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: string | null;
  readonly problems?: readonly Problem[];
}

/** Creates or changes the members of `{"members": […]}`: 200 when all went well, 207 with one entry per bad one otherwise. */
export async function postMembers(deps: UpsertDeps, ctx: Ctx, body: unknown): Promise<HttpAnswer> {
  const inputs = entriesOf(body);
  const outcomes = await upsertMembers(deps, ctx, inputs);
  const errors = outcomes.flatMap((outcome, index) => badMember(outcome, index, inputs[index]));
  const accepted = outcomes.length - errors.length;
  if (errors.length === 0) return { status: 200, body: { accepted } };
  const passing = errors.some(({ code }) => PASSING.has(code));
  return { status: 207, body: { accepted, rejected: errors.length, errors }, passing };
}

function entriesOf(body: unknown): readonly unknown[] {
  const { members, ...others } = (body ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw invalid(
      unknown.map((field) => ({ field, message: `${field} is not a known field beside members` })),
    );
  }
  if (!Array.isArray(members))
    throw invalid([{ field: 'members', message: 'members is missing: an array of members' }]);
  if (members.length >= 1 && members.length <= MAX_MEMBERS) return members;
  const message = `A batch has 1 to ${MAX_MEMBERS} members; this one has ${members.length}`;
  throw invalid([{ field: 'members', message }]);
}

function badMember({ error }: Upserted, index: number, input: unknown): BadMember[] {
  if (error === undefined) return [];
  const userId = (input as { userId?: unknown } | null)?.userId;
  return [
    {
      index,
      userId: typeof userId === 'string' ? userId.slice(0, 128) : null,
      code: error.code,
      message: error.message,
      field: error.field ?? null,
      ...(error.problems.length > 1 ? { problems: error.problems } : {}),
    },
  ];
}
