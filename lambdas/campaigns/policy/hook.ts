/** Pinpoint's question to a function of mode FILTER, and our answer (docs/pinpoint-api.md, "Hooks"). Pure. */
import type { ConsentChannel, MemberReach } from '../../members/index.ts';
import { CHANNELS, type Channel } from '../content.ts';
import type { MemberFacts } from './judge.ts';
import type { SkipReason } from './why.ts';

/** An endpoint as hooks get it, as far as it matters here. */
export interface AskedEndpoint {
  readonly ChannelType?: string | undefined;
  readonly Demographic?: { readonly Locale?: string | undefined } | undefined;
  readonly User?: { readonly UserId?: string | undefined } | undefined;
}

export interface HookEvent {
  readonly ApplicationId: string;
  readonly CampaignId: string;
  readonly TreatmentId: string;
  /** As a direct message, its templates not rendered; empty for a custom one. */
  readonly MessageConfiguration?: unknown;
  /** By endpoint id, at most 50. */
  readonly Endpoints: Readonly<Record<string, AskedEndpoint>>;
}

/** An endpoint of the answer: it is sent, with more attributes if there are any, or not, or not yet. */
export type HookAnswer =
  | { readonly Attributes?: Readonly<Record<string, readonly string[]>> }
  | { readonly Repoint: { readonly Skip: SkipReason } }
  | { readonly Repoint: { readonly NotBefore: string } };

export const skip = (reason: SkipReason): HookAnswer => ({ Repoint: { Skip: reason } });
export const hold = (notBefore: number): HookAnswer => ({
  Repoint: { NotBefore: new Date(notBefore).toISOString() },
});

/** Whose consent counts for an endpoint, where its campaign's channel does not say. */
const BY_TYPE: Readonly<Record<string, ConsentChannel>> = {
  ADM: 'push',
  APNS: 'push',
  APNS_SANDBOX: 'push',
  BAIDU: 'push',
  // Members' Kakao addresses (lambdas/members/addresses.ts).
  CUSTOM: 'kakao',
  EMAIL: 'email',
  GCM: 'push',
  SMS: 'sms',
};

const WITH_CONSENT: readonly Channel[] = CHANNELS.filter(
  (channel) => channel !== 'webhook' && channel !== 'custom',
);
const hasConsent = (channel: Channel): channel is ConsentChannel & Channel => WITH_CONSENT.includes(channel);

/** What is to be judged of a member by this endpoint. A channel that nobody can agree to has nobody's consent. */
export function factsOf(
  { consents, timeZone }: MemberReach,
  channel: Channel,
  { ChannelType = '' }: Pick<AskedEndpoint, 'ChannelType'>,
): MemberFacts {
  const by = hasConsent(channel) ? channel : BY_TYPE[ChannelType];
  const given = by === undefined ? undefined : consents[by];
  return {
    advertising: given?.advertising?.granted === true,
    night: given?.night?.granted === true,
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}
