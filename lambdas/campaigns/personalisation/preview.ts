import type { Ctx } from '../../shared/context.ts';
import { notFound, type Problem } from '../../shared/errors.ts';
import type { RenderContext } from '../../shared/rendering/context.ts';
import { endpointValues } from '../../shared/rendering/endpoint-values.ts';
import { RenderingError } from '../../shared/rendering/errors.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { endpointTypesOf } from '../addressed.ts';
import type { Definition } from '../campaign.ts';
import type { Channel, Content, Variant } from '../content.ts';
import { messageConfiguration } from '../message.ts';
import { missingValue, type Why } from '../policy/why.ts';
import { type KakaoCheck, limitProblems } from './lengths.ts';
import { MISSING_VALUE, type Missing, missingFor } from './missing.ts';
import type { HeldEndpoint, HeldEndpoints, MemberPolicy, PersonalValues } from './ports.ts';
import { compileContent } from './render-content.ts';
import type { SentContent } from './sent-content.ts';
import { SOME_COUPON } from './test-send.ts';
import { COUPON, type Variables } from './variables.ts';

export interface PreviewDeps {
  readonly endpoints: HeldEndpoints;
  readonly personal: PersonalValues;
  readonly policy: MemberPolicy;
  readonly variables: Variables;
  /** A variant's content as it is sent (saying/prepare.ts). */
  readonly sent: (says: Definition, content: Content) => Promise<SentContent>;
  /** What is wrong with a rendered Kakao message. */
  readonly kakao: KakaoCheck;
  readonly moment: (now: number) => RenderContext;
}

export interface PreviewInput {
  readonly userId: string;
  readonly says: Definition;
  /** A variant's id or name; the first when left out. */
  readonly variant?: string;
}

/** What becomes of the message. Reasons are those of the ledger, and NO_ENDPOINT: there is no address to send to. */
export type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'skipped'; readonly reason: string; readonly why: Why }
  | { readonly kind: 'held'; readonly until: string; readonly why: Why }
  /** The member has a value that a helper of the text cannot take. */
  | { readonly kind: 'failed'; readonly reason: 'RENDERING_FAILURE'; readonly problem: string };

export interface Preview {
  readonly userId: string;
  readonly channel: Channel;
  readonly variant: string;
  /** The endpoint that it is rendered for; null when the member has none on the channel. */
  readonly endpoint: string | null;
  /** What the member would read. An e-mail has its `html`, whoever wrote it. */
  readonly content: Content;
  readonly outcome: Outcome;
  /** Variables without a value, those whose default is shown, and those that are given only when it is sent. */
  readonly missing: readonly string[];
  readonly defaulted: readonly string[];
  readonly assumed: readonly string[];
  /** Limits of the channel that this member's message breaks. */
  readonly problems: readonly Problem[];
}

/**
 * Exactly what one member would get on a campaign's channel now, and whether (spec §4: previews are rendered by the code
 * that sends). Throws `not_found` for a member whom the engine does not know, and for an unknown variant.
 */
export async function previewCampaign(
  deps: PreviewDeps,
  ctx: Ctx,
  { userId, says, variant }: PreviewInput,
): Promise<Preview> {
  const held = await deps.endpoints.of(userId);
  if (held === undefined) throw notFound(`There is no member "${userId}" with an address`, 'userId');
  const { id, content } = chosenVariant(says, variant);
  const sent = await contentOf(deps, says, content);
  const chosen = endpointFor(held, says);
  const values = await valuesFor(deps, userId, chosen ?? held[0], sent.needs.names);
  const missing = missingFor(values, sent.needs.required, sent.rule);
  const { content: read, failure } = rendered(sent.content, values, deps.moment(ctx.now));
  const shown = (names: readonly string[]) => names.map((name) => deps.variables.shown(name));
  return {
    userId,
    channel: says.channel,
    variant: id,
    endpoint: chosen?.id ?? null,
    content: read,
    outcome: failure ?? (await outcomeOf(deps, ctx, { userId, says }, chosen, missing)),
    missing: shown(missing.skipping),
    defaulted: shown(missing.defaulted),
    assumed: shown(sent.needs.names.filter((name) => name === COUPON)),
    problems: failure === undefined ? limitProblems(says.channel, read, deps.kakao) : [],
  };
}

/** A variant by its id or name, the first when none is named. Throws `not_found`. */
export function chosenVariant(
  { variants }: Pick<Definition, 'variants'>,
  wanted: string | undefined,
): Variant {
  const found = variants.find(({ id, name }) => wanted === undefined || id === wanted || name === wanted);
  if (found) return found;
  const names = variants.map(({ name }) => name).join(', ');
  throw notFound(`There is no variant "${wanted}"; there are: ${names}`, 'variant');
}

/** The content as it is sent; the page of an e-mail without HTML of its own is the one that is made for sending. */
async function contentOf(deps: PreviewDeps, says: Definition, content: Content): Promise<SentContent> {
  const sent = await deps.sent(says, content);
  if (says.channel !== 'email') return sent;
  const html = messageConfiguration({ channel: 'email', ...sent.content }).EmailMessage?.HtmlBody;
  return html === undefined ? sent : { ...sent, content: { ...sent.content, html } };
}

/** What the member would read; the template itself where it cannot be rendered for them. */
function rendered(
  template: Content,
  values: DottedValues,
  moment: RenderContext,
): { readonly content: Content; readonly failure?: Outcome } {
  try {
    return { content: compileContent(template).render(values, moment) };
  } catch (cause) {
    if (!(cause instanceof RenderingError)) throw cause;
    const failure = { kind: 'failed', reason: 'RENDERING_FAILURE', problem: cause.message } as const;
    return { content: template, failure };
  }
}

function endpointFor(held: readonly HeldEndpoint[], says: Definition): HeldEndpoint | undefined {
  const types: readonly string[] = endpointTypesOf(says);
  const own = held.filter(({ channelType }) => types.includes(channelType));
  return own.find(({ reachable }) => reachable) ?? own[0];
}

/** Without an endpoint on the channel, what another one says of the member: the text can be shown all the same. */
async function valuesFor(
  { personal }: PreviewDeps,
  userId: string,
  held: HeldEndpoint | undefined,
  names: readonly string[],
): Promise<DottedValues> {
  const own = endpointValues(held?.endpoint ?? {}, names);
  const locale = held?.endpoint.Demographic?.Locale;
  const members = [{ userId, ...(locale === undefined ? {} : { locale }) }];
  const ours = (await personal.of(members, names)).get(userId);
  return { ...own, ...(names.includes(COUPON) ? { [COUPON]: [SOME_COUPON] } : {}), ...ours };
}

const NO_ENDPOINT: Why = {
  en: 'The member has no address on this channel that takes messages.',
  ko: '이 채널로 받을 수 있는 주소가 없는 회원입니다.',
};

/** In the order of delivery: the endpoint itself, the advertising rules, the values that the text needs. */
async function outcomeOf(
  { policy, variables }: PreviewDeps,
  { now }: Ctx,
  { userId, says }: Pick<PreviewInput, 'userId' | 'says'>,
  chosen: HeldEndpoint | undefined,
  { skipping }: Missing,
): Promise<Outcome> {
  if (!chosen?.reachable) return { kind: 'skipped', reason: 'NO_ENDPOINT', why: NO_ENDPOINT };
  const judged = await policy.judge(userId, chosen.endpoint, says, now);
  if (judged.kind === 'skip') return { kind: 'skipped', reason: judged.reason, why: judged.why };
  if (judged.kind === 'hold')
    return { kind: 'held', until: new Date(judged.notBefore).toISOString(), why: judged.why };
  if (skipping.length === 0) return { kind: 'sent' };
  const why = missingValue(skipping.map((name) => variables.shown(name)));
  return { kind: 'skipped', reason: MISSING_VALUE, why };
}
