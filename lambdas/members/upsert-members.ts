import { validateMemberInput } from '../../schemas/members/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { inWords } from '../shared/depth.ts';
import { invalid, RepointError } from '../shared/errors.ts';
import { inParallel } from '../shared/parallel.ts';
import { problemsOf } from '../shared/validation.ts';
import { addressesOf } from './addresses.ts';
import type { AttributeWatch } from './attributes/attribute-watch.ts';
import { memberEndpoints } from './endpoints.ts';
import type { Member } from './member.ts';
import { type MemberChange, memberChange } from './member-change.ts';
import { merged } from './merge-member.ts';
import type { EndpointFailure, EndpointRegistry, MemberStore } from './ports.ts';

export interface UpsertDeps {
  readonly members: MemberStore;
  readonly endpoints: EndpointRegistry;
  readonly attributes: AttributeWatch;
  /** Eight hexadecimal digits that stand for a push token in its endpoint's id. */
  readonly fingerprint: (token: string) => string;
}

/** What became of one entry, in the order of the input. */
export type Upserted =
  | { readonly member: Member; readonly error?: never }
  | { readonly error: RepointError; readonly member?: never };

/** How often a write is tried again when somebody else writes the same member. */
const ATTEMPTS = 5;
/** Conditional writes go one by one; this many are under way at a time. */
const WRITES_IN_FLIGHT = 16;

interface Wanted {
  readonly userId: string;
  readonly change: MemberChange;
}
interface Refused {
  readonly error: RepointError;
}

/**
 * Creates or changes members (spec §2): the table first, then their endpoints in the engine. Each entry is judged by
 * itself. An entry whose endpoints the engine did not take is saved and says so; sending it again repairs it.
 */
export async function upsertMembers(
  deps: UpsertDeps,
  ctx: Ctx,
  inputs: readonly unknown[],
): Promise<Upserted[]> {
  const judged = withoutRepeats(inputs.map((input) => wanted(input, ctx.now)));
  const userIds = judged.flatMap((entry) => ('error' in entry ? [] : [entry.userId]));
  const [stored] = await Promise.all([
    deps.members.getAll(userIds),
    deps.attributes.note(judged.flatMap((entry) => ('error' in entry ? [] : [seen(entry)]))),
  ]);
  const outcomes = await inParallel(judged, WRITES_IN_FLIGHT, (entry) =>
    'error' in entry ? entry : saved(deps, ctx, entry, stored.get(entry.userId)),
  );
  const failures = await register(
    deps,
    outcomes.flatMap(({ member }) => (member ? [member] : [])),
  );
  return outcomes.map((outcome) => {
    const failure = outcome.member && failures.get(outcome.member.userId);
    return failure === undefined ? outcome : { error: notRegistered(failure) };
  });
}

function wanted(input: unknown, nowMs: number): Wanted | Refused {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = `A member is an object (this is ${inWords(input)})`;
    return { error: invalid([{ field: '', message }]) };
  }
  if (!validateMemberInput(input)) return { error: invalid(problemsOf(validateMemberInput, input)) };
  const { userId } = input;
  if (userId === undefined) return { error: invalid([{ field: 'userId', message: 'userId is missing' }]) };
  const { change, problems } = memberChange(input, nowMs);
  return change === undefined ? { error: invalid(problems) } : { userId, change };
}

const seen = ({ userId, change }: Wanted) => ({ userId, attributes: change.attributes });

/** A member that comes twice in a batch is told so, because the order of the two writes would be chance. */
function withoutRepeats(entries: readonly (Wanted | Refused)[]): (Wanted | Refused)[] {
  const first = new Map<string, number>();
  return entries.map((entry, index) => {
    if ('error' in entry) return entry;
    const earlier = first.get(entry.userId);
    if (earlier === undefined) {
      first.set(entry.userId, index);
      return entry;
    }
    const message = `userId "${entry.userId}" comes twice in this batch (first at ${earlier})`;
    return { error: invalid([{ field: 'userId', message }]) };
  });
}

async function saved(deps: UpsertDeps, ctx: Ctx, entry: Wanted, stored?: Member): Promise<Upserted> {
  const at = new Date(ctx.now).toISOString();
  let current = stored;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const member = merged(current, entry.userId, entry.change, at, (of) => addressesOf(of, deps.fingerprint));
    if (await deps.members.put(member, current?.version ?? 0)) return { member };
    current = (await deps.members.getAll([entry.userId])).get(entry.userId);
  }
  const message = `Member "${entry.userId}" is being changed by others at the same time; send it again`;
  return { error: new RepointError('conflict', message) };
}

/** Tells the engine, and then forgets what it has been told to let go. */
async function register(
  deps: UpsertDeps,
  members: readonly Member[],
): Promise<ReadonlyMap<string, EndpointFailure>> {
  const updates = members
    .map((member) => memberEndpoints(member, addressesOf(member, deps.fingerprint)))
    .filter(({ items }) => items.length > 0);
  const failures = await deps.endpoints.update(updates);
  const told = new Set(updates.map(({ userId }) => userId).filter((userId) => !failures.has(userId)));
  const heard = members.filter((member) => told.has(member.userId) && hasRetired(member));
  await inParallel(heard, WRITES_IN_FLIGHT, (member) => forgetRetired(deps, member));
  return failures;
}

const notRegistered = ({ code, message }: EndpointFailure): RepointError =>
  new RepointError(code, `The member is saved, but its endpoints are not: ${message}`);

const hasRetired = ({ retired }: Member): boolean =>
  retired.endpoints.length > 0 || retired.attributes.length > 0;

/** Whoever has written the member meanwhile has taken `retired` along, and tells the engine once more. */
const forgetRetired = (deps: UpsertDeps, member: Member): Promise<boolean> =>
  deps.members.put(
    { ...member, version: member.version + 1, retired: { endpoints: [], attributes: [] } },
    member.version,
  );
