import { endpointValues } from '../../shared/rendering/endpoint-values.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { type ClaimDeps, claimCoupons } from '../coupons/claim-coupons.ts';
import { type MissingRule, missingFor } from '../personalisation/missing.ts';
import type { PersonalValues } from '../personalisation/ports.ts';
import { COUPON } from '../personalisation/variables.ts';
import { hasCaps, NO_CONTACTS } from './caps.ts';
import { countContacts } from './count-contacts.ts';
import { type AskedEndpoint, factsOf, type HookAnswer, type HookEvent, hold, skip } from './hook.ts';
import { type Judgement, judge, type MemberFacts, type Rules } from './judge.ts';
import type { AskedSend, ContactRow, ContactStore, Reaches, SendFinder, TextNeeds } from './ports.ts';
import { rulesOf } from './rules.ts';
import type { PolicySettings } from './settings.ts';

export interface HookDeps extends ClaimDeps {
  readonly sends: SendFinder;
  readonly members: Reaches;
  readonly contacts: ContactStore;
  readonly needs: TextNeeds;
  readonly personal: PersonalValues;
  readonly settings: PolicySettings;
}

/** An endpoint that nothing has been found against yet. */
interface Candidate {
  readonly id: string;
  readonly userId: string;
  readonly endpoint: AskedEndpoint;
  readonly facts: MemberFacts;
  /** Values for this message, by attribute name. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** One question, and what has been answered of it. */
interface Question {
  readonly now: number;
  readonly send: AskedSend;
  readonly rules: Rules;
  readonly answers: Map<string, HookAnswer>;
}

/**
 * Decides about the endpoints of one provider call at `now` (epoch milliseconds): consent, night and caps as they are at
 * this moment, values that only we know, coupons. Who gets a message is counted last, when nothing else can keep it back. The
 * engine asks again after a crash, a hold or a failure: whoever got a coupon gets the same one, and is counted once.
 */
export async function answerHook(
  deps: HookDeps,
  now: number,
  event: HookEvent,
): Promise<Record<string, HookAnswer>> {
  const send = await deps.sends.find(event.ApplicationId, event.CampaignId);
  const rules = rulesOf(send.says, send.sendId, deps.settings);
  const question: Question = { now, send, rules, answers: new Map() };
  const rows = await contactsOf(deps, rules, event);
  const allowed = await judged(deps, question, event, rows);
  const valued = await withValues(deps, question, event, allowed);
  const equipped = await withCoupons(deps, question, valued);
  for (const { id, attributes } of await withRoom(deps, question, equipped, rows))
    question.answers.set(id, Object.keys(attributes).length > 0 ? { Attributes: attributes } : {});
  return Object.fromEntries(question.answers);
}

const usersOf = ({ Endpoints }: Pick<HookEvent, 'Endpoints'>): string[] =>
  Object.values(Endpoints).flatMap(({ User }) => User?.UserId ?? []);

/** What was read here may lag: it finds those who have no room, and counting finds the others. */
const contactsOf = (
  { contacts }: HookDeps,
  { caps }: Rules,
  event: HookEvent,
): Promise<ReadonlyMap<string, ContactRow>> =>
  hasCaps(caps) ? contacts.batch(usersOf(event), { consistent: false }) : Promise.resolve(new Map());

/** Notes an answer for whoever is refused, or held. True for a message that may be sent. */
function allows({ answers }: Question, id: string, judgement: Judgement): boolean {
  if (judgement.kind === 'skip') answers.set(id, skip(judgement.reason));
  if (judgement.kind === 'hold') answers.set(id, hold(judgement.notBefore));
  return judgement.kind === 'send';
}

async function judged(
  { members }: HookDeps,
  question: Question,
  { Endpoints }: HookEvent,
  rows: ReadonlyMap<string, ContactRow>,
): Promise<Candidate[]> {
  const { now, rules } = question;
  const reaches = await members.batch(usersOf({ Endpoints }));
  return Object.entries(Endpoints).flatMap(([id, endpoint]) => {
    const userId = endpoint.User?.UserId ?? '';
    const reach = reaches.get(userId);
    const facts = reach && factsOf(reach, rules.channel, endpoint);
    const judgement = judge(facts, rules, rows.get(userId)?.contacts ?? NO_CONTACTS, now);
    return allows(question, id, judgement) && facts ? [{ id, userId, endpoint, facts, attributes: {} }] : [];
  });
}

/** Defaults stand in the texts themselves. */
const NO_DEFAULTS: MissingRule = { missing: 'skip', defaults: new Map() };

/** Adds the values that only we know; leaves out who lacks one that the texts need (spec §4). */
async function withValues(
  { needs: texts, personal }: HookDeps,
  { send: { says, given }, answers }: Question,
  event: HookEvent,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  const needs = await texts.of(says, event);
  // A code is given last, to those who get a message.
  const isOther = (name: string): boolean => says.coupon === undefined || name !== COUPON;
  const [names, required] = [needs.names.filter(isOther), needs.required.filter(isOther)];
  if (names.length === 0 || candidates.length === 0) return [...candidates];
  const ours = await personal.of(candidates.map(valuedMember), names);
  return candidates.flatMap((candidate) => {
    const own = { ...ours.get(candidate.userId), ...given };
    const values = { ...endpointValues(candidate.endpoint, names), ...own };
    const { skipping } = missingFor(values, required, NO_DEFAULTS);
    if (skipping.length === 0) return [{ ...candidate, attributes: attributesOf(own) }];
    answers.set(candidate.id, skip('MISSING_VALUE'));
    return [];
  });
}

const valuedMember = ({ userId, endpoint: { Demographic } }: Candidate) => ({
  userId,
  ...(Demographic?.Locale === undefined ? {} : { locale: Demographic.Locale }),
});

const ATTRIBUTES = 'Attributes.';

/** Values under `Attributes.…` as a hook gives them: lists of texts by the name that follows. */
const attributesOf = (values: DottedValues): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(ATTRIBUTES))
      .map(([name, value]) => [name.slice(ATTRIBUTES.length), [value].flat().map(String)]),
  );

/** Gives each member a code of the campaign's pool. */
async function withCoupons(
  deps: HookDeps,
  { send: { says, campaignId }, answers }: Question,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  if (says.coupon === undefined || candidates.length === 0) return candidates;
  const claim = { pool: says.coupon.pool, campaignId };
  const codes = await claimCoupons(
    deps,
    claim,
    candidates.map(({ userId }) => userId),
  );
  return candidates.flatMap((candidate) => {
    const code = codes.get(candidate.userId);
    if (code === undefined) answers.set(candidate.id, skip('NO_COUPON_LEFT'));
    const attributes = { ...candidate.attributes, ...attributesOf({ [COUPON]: code ?? '' }) };
    return code === undefined ? [] : [{ ...candidate, attributes }];
  });
}

/** Counts each member once; leaves out those for whom another send was faster. */
async function withRoom(
  { contacts }: HookDeps,
  question: Question,
  candidates: readonly Candidate[],
  rows: ReadonlyMap<string, ContactRow>,
): Promise<readonly Candidate[]> {
  const { rules, now } = question;
  if (!hasCaps(rules.caps) || candidates.length === 0) return candidates;
  const members = new Map(candidates.map(({ userId, facts }) => [userId, facts]));
  const refused = await countContacts(contacts, rules, members, rows, now);
  return candidates.filter(({ id, userId }) => {
    const judgement = refused.get(userId);
    return judgement === undefined || allows(question, id, judgement);
  });
}
