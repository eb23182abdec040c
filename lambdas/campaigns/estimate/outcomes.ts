/** What would become of each member of a sample, judged as delivery judges. Pure. */
import type { MemberProfile } from '../../members/index.ts';
import type { Channel } from '../content.ts';
import { MISSING_VALUE } from '../personalisation/missing.ts';
import { type Contacts, NO_CONTACTS } from '../policy/caps.ts';
import { factsOf } from '../policy/hook.ts';
import { type Judgement, judge, type Rules } from '../policy/judge.ts';

/** What is known of a member of the sample. */
export interface Sampled {
  /** Undefined: there is no such member any more. */
  readonly profile: MemberProfile | undefined;
  readonly contacts: Contacts | undefined;
  /** A text needs a value the member does not have. */
  readonly lacks: boolean;
}

/** What happened on one channel, over the members of a sample. */
export interface Outcomes {
  /** Members by what becomes of them: SEND, HOLD, or the reason they are left out for. Together the sample's size. */
  readonly counts: Readonly<Record<string, number>>;
  /** Endpoints of those who are reached, as sums over them. */
  readonly messages: { readonly n: number; readonly sum: number; readonly sumOfSquares: number };
}

export const SEND = 'SEND';
export const HOLD = 'HOLD';
/** A member without an address on the channel: the engine meets no endpoint. */
export const NO_ADDRESS = 'NO_ADDRESS';

/** Pinpoint's custom channel goes to the endpoints that Kakao goes to, unless it is told otherwise. */
const ADDRESSED_AS: Readonly<Record<Channel, keyof MemberProfile['addresses']>> = {
  push: 'push',
  email: 'email',
  sms: 'sms',
  kakao: 'kakao',
  webhook: 'kakao',
  custom: 'kakao',
};

/** Asked about only for channels that nobody can agree to by name. */
const CUSTOM_ENDPOINT = { ChannelType: 'CUSTOM' };

/** `rules` are the channel's own; all are judged as of `at`, epoch milliseconds. */
export function outcomesOf(members: readonly Sampled[], rules: Rules, at: number): Outcomes {
  const judged = judgeOf(rules, at);
  const address = ADDRESSED_AS[rules.channel];
  const counts: Record<string, number> = {};
  const messages = { n: 0, sum: 0, sumOfSquares: 0 };
  for (const member of members) {
    const outcome = outcomeOf(member, address, judged);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome !== SEND && outcome !== HOLD) continue;
    const endpoints = member.profile?.addresses[address] ?? 0;
    messages.n++;
    messages.sum += endpoints;
    messages.sumOfSquares += endpoints * endpoints;
  }
  return { counts, messages };
}

type Judge = (member: Sampled) => Judgement;

/** Who has no address is not asked about. */
function outcomeOf(member: Sampled, address: keyof MemberProfile['addresses'], judged: Judge): string {
  const { profile, lacks } = member;
  if (profile?.addresses[address] === 0) return NO_ADDRESS;
  const judgement = judged(member);
  if (judgement.kind === 'skip') return judgement.reason;
  if (lacks) return MISSING_VALUE;
  return judgement.kind === 'hold' ? HOLD : SEND;
}

/** Members without contacts differ by consent and zone alone, and zones are slow to ask: each kind is judged once. */
function judgeOf(rules: Rules, at: number): Judge {
  const known = new Map<string, Judgement>();
  return ({ profile, contacts }) => {
    const facts = profile && factsOf(profile, rules.channel, CUSTOM_ENDPOINT);
    if (contacts) return judge(facts, rules, contacts, at);
    const kind = JSON.stringify(facts ?? null);
    const found = known.get(kind) ?? judge(facts, rules, NO_CONTACTS, at);
    known.set(kind, found);
    return found;
  };
}
