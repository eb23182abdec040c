import type { DirectMessageConfiguration, MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { CampaignEvent } from '../campaign-event.ts';
import type { EndpointDefinition } from '../endpoints/definition.ts';
import { directMessageOf } from './direct-message.ts';

/** What a function of mode FILTER is asked (pinpoint.md §3.1), about at most `HOOK_ENDPOINTS` endpoints. */
export interface HookEvent extends CampaignEvent {
  readonly MessageConfiguration: DirectMessageConfiguration;
}

/** Endpoints in one event. */
export const HOOK_ENDPOINTS = 50;

/** What the function decided about one endpoint. `wait`: it gets its message, but not before then. */
export type HookVerdict =
  | {
      readonly kind: 'keep';
      /** Values by attribute name, for this message only. */
      readonly attributes?: Readonly<Record<string, readonly string[]>>;
      readonly titleOverride?: string;
      readonly bodyOverride?: string;
    }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'wait' /** Epoch milliseconds; may have passed. */; readonly notBefore: number };

/** A hook that failed, or whose answer cannot be understood; the message says why. */
export class HookError extends Error {}

/** What the events of a run have in common. */
export interface HookRun {
  readonly applicationId: string;
  readonly campaignId: string;
  readonly treatmentId: string;
  readonly activityId: string;
  /** ISO 8601. */
  readonly scheduledTime: string;
  readonly message: MessageConfiguration;
}

export const hookEvent = (run: HookRun, endpoints: ReadonlyMap<string, EndpointDefinition>): HookEvent => ({
  MessageConfiguration: directMessageOf(run.message),
  ApplicationId: run.applicationId,
  CampaignId: run.campaignId,
  TreatmentId: run.treatmentId,
  ActivityId: run.activityId,
  ScheduledTime: run.scheduledTime,
  Endpoints: Object.fromEntries(endpoints),
});

type Json = Readonly<Record<string, unknown>>;

const FILTERED: HookVerdict = { kind: 'skip', reason: 'FILTERED_BY_HOOK' };
const REASON = /^[A-Z0-9_]{1,64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;
/** Channel types whose title and body a hook may replace (pinpoint.md §3.1). */
const OVERRIDABLE = /^(?:ADM|APNS\w*|BAIDU|GCM|SMS)$/;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member's value; null counts as absent, and so does what every object inherits. */
const own = (value: Json, name: string): unknown =>
  Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;

function textOf(value: Json, name: string, at: string): string | undefined {
  const found = own(value, name);
  if (found === undefined || typeof found === 'string') return found;
  throw new HookError(`${at}.${name} is ${JSON.stringify(found)}; expected a text`);
}

function attributesOf(endpoint: Json, at: string): Record<string, readonly string[]> | undefined {
  const attributes = own(endpoint, 'Attributes');
  if (attributes === undefined) return undefined;
  if (!isObject(attributes)) throw new HookError(`${at}.Attributes: expected lists of texts by name`);
  for (const [name, values] of Object.entries(attributes)) {
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string'))
      throw new HookError(`${at}.Attributes.${name} is ${JSON.stringify(values)}; expected a list of texts`);
  }
  return attributes as Record<string, readonly string[]>;
}

/** Our extension of the answer: a reason of its own, or a later moment (docs/pinpoint-api.md). */
function extensionOf(endpoint: Json, at: string): HookVerdict | undefined {
  const repoint = own(endpoint, 'Repoint');
  if (repoint === undefined) return undefined;
  const names = isObject(repoint) ? Object.keys(repoint) : [];
  const [name = ''] = names;
  // Whoever writes this wants the message withheld: what cannot be understood must not send it.
  if (!isObject(repoint) || names.length !== 1)
    throw new HookError(`${at}.Repoint: expected either Skip or NotBefore`);
  const value = textOf(repoint, name, `${at}.Repoint`) ?? '';
  if (name === 'Skip' && REASON.test(value)) return { kind: 'skip', reason: value };
  const notBefore = name === 'NotBefore' && INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(notBefore)) return { kind: 'wait', notBefore };
  throw new HookError(
    `${at}.Repoint.${name} is ${JSON.stringify(value)}; expected Skip (1 to 64 of A-Z, 0-9, _) or NotBefore (ISO 8601 with an offset)`,
  );
}

function verdictOf(endpoint: unknown, at: string, channelType: string | undefined): HookVerdict {
  if (endpoint === undefined) return FILTERED;
  if (!isObject(endpoint)) throw new HookError(`${at} is ${JSON.stringify(endpoint)}; expected an endpoint`);
  const attributes = attributesOf(endpoint, at);
  const titleOverride = textOf(endpoint, 'TitleOverride', at);
  const bodyOverride = textOf(endpoint, 'BodyOverride', at);
  const counts = channelType === undefined || OVERRIDABLE.test(channelType);
  return (
    extensionOf(endpoint, at) ?? {
      kind: 'keep',
      ...(attributes === undefined ? {} : { attributes }),
      ...(counts && titleOverride !== undefined ? { titleOverride } : {}),
      ...(counts && bodyOverride !== undefined ? { bodyOverride } : {}),
    }
  );
}

/** The answer is the Endpoints map itself; many functions return the event they got, with the map in it. */
function endpointsOf(answer: unknown, asked: readonly string[]): Json {
  if (!isObject(answer))
    throw new HookError(`The hook answered ${JSON.stringify(answer)}; expected endpoints by id`);
  const inner = asked.includes('Endpoints') ? undefined : own(answer, 'Endpoints');
  if (inner === undefined) return answer;
  if (!isObject(inner))
    throw new HookError(`Endpoints is ${JSON.stringify(inner)}; expected endpoints by id`);
  return inner;
}

/**
 * The verdict on every endpoint that was asked about: who is missing in the answer is skipped, who was not asked about
 * does not count. With the event's endpoints in `sent`, overrides of title and body count only where their channel type
 * has them, which is not e-mail. Throws HookError for an answer that cannot be understood.
 */
export function verdictsOf(
  answer: unknown,
  asked: readonly string[],
  sent: HookEvent['Endpoints'] = {},
): Map<string, HookVerdict> {
  const endpoints = endpointsOf(answer, asked);
  const typeOf = (id: string): string | undefined =>
    Object.hasOwn(sent, id) ? sent[id]?.ChannelType : undefined;
  return new Map(
    asked.map((id) => [
      id,
      verdictOf(Object.hasOwn(endpoints, id) ? endpoints[id] : undefined, `Endpoints.${id}`, typeOf(id)),
    ]),
  );
}
