/** What would become of each member of a sample, judged as delivery judges. Pure. */
import type { MemberProfile } from '../../members/index.ts';
import { type AddressKind, typesOf } from '../addressed.ts';
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

/** `rules` are the channel's own, `kinds` the addresses that it goes to; all are judged as of `at`, epoch milliseconds. */
export function outcomesOf(
  members: readonly Sampled[],
  rules: Rules,
  kinds: readonly AddressKind[],
  at: number,
): Outcomes {
  const judged = judgeOf(rules, at);
  const counts: Record<string, number> = {};
  const messages = { n: 0, sum: 0, sumOfSquares: 0 };
  for (const member of members) {
    const { outcome, endpoints } = outcomeOf(member, kinds, judged);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (endpoints === 0) continue;
    messages.n++;
    messages.sum += endpoints;
    messages.sumOfSquares += endpoints * endpoints;
  }
  return { counts, messages };
}

type Judge = (member: Sampled, kind: AddressKind) => Judgement;

interface Outcome {
  readonly outcome: string;
  /** That the member gets it at; 0 for who is left out. */
  readonly endpoints: number;
}

/** Who has no address is not asked about; who has several kinds of them gets it where any of them may get it. */
function outcomeOf(member: Sampled, kinds: readonly AddressKind[], judged: Judge): Outcome {
  const { profile, lacks } = member;
  const judgements = kinds
    .filter((kind) => profile?.addresses[kind] !== 0)
    .map((kind) => ({ endpoints: profile?.addresses[kind] ?? 0, judgement: judged(member, kind) }));
  const [first] = judgements;
  if (first === undefined) return { outcome: NO_ADDRESS, endpoints: 0 };
  const reached = judgements.filter(({ judgement }) => judgement.kind !== 'skip');
  if (reached.length === 0 && first.judgement.kind === 'skip')
    return { outcome: first.judgement.reason, endpoints: 0 };
  if (lacks) return { outcome: MISSING_VALUE, endpoints: 0 };
  const outcome = reached.every(({ judgement }) => judgement.kind === 'hold') ? HOLD : SEND;
  return { outcome, endpoints: reached.reduce((sum, { endpoints }) => sum + endpoints, 0) };
}

/** Members without contacts differ by consent and zone alone, and zones are slow to ask: each kind is judged once. */
function judgeOf(rules: Rules, at: number): Judge {
  const known = new Map<string, Judgement>();
  return ({ profile, contacts }, address) => {
    const facts = profile && factsOf(profile, rules.channel, { ChannelType: typesOf(address)[0] });
    if (contacts) return judge(facts, rules, contacts, at);
    const kind = JSON.stringify(facts ?? null);
    const found = known.get(kind) ?? judge(facts, rules, NO_CONTACTS, at);
    known.set(kind, found);
    return found;
  };
}
