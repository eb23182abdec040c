import { type Event, validateEvent } from '../../schemas/events/generated/requests.js';
import type { PlannedEvent } from '../../schemas/events/plan/generated/plan.js';
import { deeperThan } from '../shared/depth.ts';
import type { Problem } from '../shared/errors.ts';
import { wellFormedJson } from '../shared/well-formed.ts';
import type { Arrival } from './arrival.ts';
import {
  eventProblems,
  MAX_PROPERTIES_DEPTH,
  MAX_PROPERTIES_LENGTH,
  NO_ID,
  tooLong,
} from './event-problems.ts';
import { filingOf, MAX_AHEAD_MS } from './filing.ts';
import {
  completedProperties,
  declined,
  identityOf,
  identityProblems,
  withoutIdentifiers,
} from './identity.ts';
import { holdsAddress, keptAddress } from './page-address.ts';
import { hasHashed, pseudonymous, withoutPersonal } from './personal.ts';
import type { Pseudonym } from './pseudonym.ts';
import type { EventRow } from './row.ts';
import { lakeTimestamp, parseInstant, sentTimestamp } from './time.ts';
import { personalOf, planned } from './tracking-plan.ts';

const DEVICE_TYPES = {
  pc: 'pc',
  PC: 'pc',
  desktop: 'pc',
  mobile: 'mobile',
  tablet: 'mobile',
  app: 'app',
} as const;

/** An event that becomes a row of the lake, or everything that is wrong with it, or the key is missing that it needs. */
export type Verdict =
  | { readonly row: EventRow; readonly problems?: never; readonly lacksKey?: never }
  | { readonly problems: readonly Problem[]; readonly row?: never; readonly lacksKey?: never }
  | { readonly lacksKey: true; readonly row?: never; readonly problems?: never };

/**
 * Judges one event of a batch by its envelope (spec §1), its time and its schema in the tracking plan. `pseudonym` is
 * for properties that the plan has hashed (`needsPseudonym`); an event that has some cannot become a row without it.
 */
export function judge(candidate: unknown, arrival: Arrival, pseudonym?: Pseudonym): Verdict {
  if (!validateEvent(candidate) || deeperThan(candidate.properties, MAX_PROPERTIES_DEPTH))
    return { problems: eventProblems(candidate, arrival) };
  const properties = completedProperties(candidate);
  const occurredMs = parseInstant(candidate.occurred_at);
  const event = planned(candidate.name);
  if (
    candidate.event_id === NO_ID ||
    occurredMs === undefined ||
    occurredMs > arrival.receivedMs + MAX_AHEAD_MS ||
    'field' in event ||
    identityProblems(candidate, properties).length > 0 ||
    !event.validate(properties)
  )
    return { problems: eventProblems(candidate, arrival) };
  const kept = keptProperties(candidate, event, properties, pseudonym);
  if (kept === undefined) return { lacksKey: true };
  const text = isEmpty(kept) ? '{}' : wellFormedJson(JSON.stringify(kept));
  if (text.length > MAX_PROPERTIES_LENGTH) return { problems: [tooLong(text.length)] };
  return { row: rowOf(candidate, { properties, text, occurredMs, version: event.version }, arrival) };
}

/** Half of all events are page views, of which nothing else is told. */
function isEmpty(kept: object): boolean {
  for (const _ in kept) return false;
  return true;
}

/** Whether an event of a batch, valid or not, has properties that have to be hashed. */
export function needsPseudonym(candidate: unknown): boolean {
  if (typeof candidate !== 'object' || candidate === null || !('name' in candidate)) return false;
  const { name, properties } = candidate as { name: unknown; properties?: unknown };
  const marks = typeof name === 'string' ? personalOf(name) : [];
  return marks.length > 0 && hasHashed(marks, properties);
}

/** The properties as they may be stored (spec §1, "Privacy"); undefined when that takes a key that is not there. */
function keptProperties(
  candidate: Event,
  { pii }: PlannedEvent,
  properties: Record<string, unknown>,
  pseudonym: Pseudonym | undefined,
): object | undefined {
  if (declined(candidate)) return withoutIdentifiers(withoutPersonal(pii, properties)) as object;
  if (pii.length === 0) return properties;
  if (pseudonym !== undefined) return pseudonymous(pii, properties, pseudonym);
  return hasHashed(pii, properties) ? undefined : withoutPersonal(pii, properties);
}

interface Judged {
  readonly properties: Record<string, unknown>;
  readonly text: string;
  readonly occurredMs: number;
  readonly version: number;
}

function rowOf(event: Event, judged: Judged, arrival: Arrival): EventRow {
  const { device, page, utm } = event;
  const anonymous = declined(event);
  const identity = identityOf(event, judged.properties);
  const filing = filingOf(judged.occurredMs, arrival.receivedMs);
  return {
    event_id: event.event_id.toLowerCase(),
    name: event.name,
    occurred_at: sentTimestamp(event.occurred_at, judged.occurredMs),
    received_at: receivedAt(arrival.receivedMs),
    late: filing.late,
    source: arrival.door === 'public' ? 'client' : (event.source ?? 'server'),
    user_id: identity.userId,
    anonymous_id: identity.anonymousId,
    session_hint: identity.sessionHint,
    device_type: device?.type == null ? undefined : DEVICE_TYPES[device.type],
    platform: device?.platform ?? undefined,
    os: device?.os ?? undefined,
    app_version: device?.app_version ?? undefined,
    page_url: keptUrl(page?.url, anonymous),
    page_title: anonymous ? keptTag(page?.title) : (page?.title ?? undefined),
    page_referrer: keptUrl(page?.referrer, anonymous),
    utm_source: keptTag(utm?.source),
    utm_medium: keptTag(utm?.medium),
    utm_campaign: keptTag(utm?.campaign),
    utm_term: keptTag(utm?.term),
    utm_content: keptTag(utm?.content),
    country: arrival.country,
    schema_version: judged.version,
    bot: arrival.bot,
    transaction_id: orderOf(event.name, judged.properties),
    properties: judged.text,
    filed: filing.filed,
    day: filing.day,
  };
}

let came = { ms: Number.NaN, at: '' };

/** Kept, since all of a batch came at one time. */
function receivedAt(ms: number): string {
  if (came.ms !== ms) came = { ms, at: lakeTimestamp(ms) };
  return came.at;
}

/** Without consent an address that stands elsewhere than in a parameter takes all of it away. */
function keptUrl(url: string | null | undefined, anonymous: boolean): string | undefined {
  if (url == null) return undefined;
  const kept = keptAddress(url, anonymous);
  return anonymous ? keptTag(kept) : kept;
}

/** A campaign's links may have the addressee in them. */
const keptTag = (tag: string | null | undefined): string | undefined =>
  tag == null || holdsAddress(tag) ? undefined : tag;

/** Events that name an order, which counts once (spec §1, "Dedupe"). */
const ORDERS = new Set(['purchase', 'refund']);

function orderOf(name: string, { transaction_id: order }: Record<string, unknown>): string | undefined {
  return ORDERS.has(name) && typeof order === 'string' ? order : undefined;
}
