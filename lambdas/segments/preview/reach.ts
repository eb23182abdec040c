/** How many members of a list can really be reached (spec §3, preview). Pure. */
import type { ConsentChannel, Consents } from '../../members/index.ts';

export const REACHED = ['push', 'email', 'sms', 'kakao'] as const satisfies readonly ConsentChannel[];

/** What decides whether a member can be reached. */
export interface Reachable {
  /** Undefined: no such member (any more), or one known by events alone. */
  readonly consents: Consents | undefined;
  /** Channels with an address that is neither inactive nor opted out: what the engine would deliver to now. */
  readonly channels: ReadonlySet<ConsentChannel>;
}

/** Members on one channel, of a part of the list and made of that for all. */
export interface ReachCount {
  /** With an address that is not suppressed: whom a message that is no advertisement gets to. */
  readonly informational: number;
  /** Of those, with consent to advertising on the channel. */
  readonly advertising: number;
}

export type Reach = Readonly<Record<ConsentChannel, ReachCount>>;

export function reachOf(members: readonly Reachable[]): Reach {
  const on = (channel: ConsentChannel): ReachCount => {
    const there = members.filter(({ channels }) => channels.has(channel));
    const consents = there.filter(({ consents: given }) => given?.[channel]?.advertising?.granted === true);
    return { informational: there.length, advertising: consents.length };
  };
  return { push: on('push'), email: on('email'), sms: on('sms'), kakao: on('kakao') };
}

/** The reach of all, made of that of the judged: exact when all were judged. */
export function scaledReach(reach: Reach, judged: number, members: number): Reach {
  if (judged === members || judged === 0) return reach;
  const scaled = (count: number) => Math.round((count / judged) * members);
  const of = ({ informational, advertising }: ReachCount): ReachCount => ({
    informational: scaled(informational),
    advertising: scaled(advertising),
  });
  return { push: of(reach.push), email: of(reach.email), sms: of(reach.sms), kakao: of(reach.kakao) };
}
