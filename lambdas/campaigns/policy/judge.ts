/**
 * Whether one member gets a campaign's message by one channel now (spec §4, "Advertising rules"). Estimate, preview, test
 * send and delivery all ask this file. Pure.
 */
import { unlessOutOfRange } from '../../shared/local-time.ts';
import type { Channel } from '../content.ts';
import { type Caps, type Contacts, capReached, type Days, daysOf, hasCaps, isCounted } from './caps.ts';
import type { NightWindow } from './law/law.ts';
import { nightEnd } from './night.ts';
import { perMoment } from './per-moment.ts';
import {
  capped,
  droppedAtNight,
  heldAtNight,
  memberGone,
  noConsent,
  type SkipReason,
  type Why,
} from './why.ts';

/** What is to be known of a member. */
export interface MemberFacts {
  /** Consents for the channel that the message goes by. */
  readonly advertising: boolean;
  readonly night: boolean;
  /** IANA; without it, or with one that is not known, the deployment's counts. */
  readonly timeZone?: string;
}

/** What campaign, law and deployment say; policy/rules.ts makes them. */
export interface Rules {
  readonly sendId: string;
  readonly channel: Channel;
  readonly purpose: 'advertising' | 'informational';
  /** Without one, the hours do not matter. */
  readonly nightWindow?: NightWindow;
  readonly night: 'hold' | 'drop';
  readonly caps: Caps;
  /** The deployment's, IANA. */
  readonly timeZone: string;
}

export type Judgement =
  | { readonly kind: 'send' }
  | { readonly kind: 'skip'; readonly reason: SkipReason; readonly why: Why }
  /** To be judged again at `notBefore` (epoch milliseconds), less than a day away. */
  | { readonly kind: 'hold'; readonly notBefore: number; readonly why: Why };

const SEND: Judgement = { kind: 'send' };

const daysAt = perMoment<Days>();
const nightAt = perMoment<number | undefined>();
const nightSoonAt = perMoment<number | undefined>();
const daysIn = (zone: string, now: number): Days => daysAt(zone, now, () => daysOf(zone, now));
/**
 * Until a message that was judged has left: the rest of its call's questions, its grant, the provider's answer. What would
 * leave in the night is at night already.
 */
export const LEAVES_WITHIN_MS = 30_000;

function nightEndIn(window: NightWindow, zone: string, now: number): number | undefined {
  const key = `${window.from} ${window.until} ${zone}`;
  const soon = now + LEAVES_WITHIN_MS;
  return (
    nightAt(key, now, () => nightEnd(window, zone, now)) ??
    nightSoonAt(key, soon, () => nightEnd(window, zone, soon))
  );
}

/**
 * Judges one more message at `now` (epoch milliseconds). `member`: undefined when there is no such member any more. Never
 * throws. A message that was counted today is not refused for caps when it is asked about again.
 */
export function judge(
  member: MemberFacts | undefined,
  rules: Rules,
  contacts: Contacts,
  now: number,
): Judgement {
  if (member === undefined) return { kind: 'skip', reason: 'MEMBER_GONE', why: memberGone() };
  return inZoneOf(
    member,
    rules,
    (zone) => advertised(member, rules, zone, now) ?? counted(rules, contacts, zone, now) ?? SEND,
  );
}

/** The days that count for the member's caps at `now`. */
export const memberDays = (member: MemberFacts, rules: Rules, now: number): Days =>
  inZoneOf(member, rules, (zone) => daysIn(zone, now));

/** By the member's clock if there is one that is known, else by the deployment's. */
function inZoneOf<Result extends object>(
  { timeZone }: MemberFacts,
  rules: Rules,
  compute: (zone: string) => Result,
): Result {
  const own = timeZone === undefined ? undefined : unlessOutOfRange(() => compute(timeZone));
  return own ?? compute(rules.timeZone);
}

function advertised(
  { advertising, night }: MemberFacts,
  rules: Rules,
  zone: string,
  now: number,
): Judgement | undefined {
  const { channel, nightWindow: window } = rules;
  if (rules.purpose !== 'advertising') return undefined;
  if (!advertising) return { kind: 'skip', reason: 'NO_ADVERTISING_CONSENT', why: noConsent(channel) };
  const notBefore = night || window === undefined ? undefined : nightEndIn(window, zone, now);
  if (window === undefined || notBefore === undefined) return undefined;
  if (rules.night === 'hold') return { kind: 'hold', notBefore, why: heldAtNight(window, zone) };
  return { kind: 'skip', reason: 'NIGHT', why: droppedAtNight(window, zone) };
}

function counted(rules: Rules, contacts: Contacts, zone: string, now: number): Judgement | undefined {
  if (!hasCaps(rules.caps)) return undefined;
  const days = daysIn(zone, now);
  if (isCounted(contacts, rules.sendId, days)) return undefined;
  const reached = capReached(contacts, rules, rules.caps, days);
  return reached && { kind: 'skip', reason: reached.reason, why: capped(reached) };
}
