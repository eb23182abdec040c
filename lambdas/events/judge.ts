import { type Event, validateEvent } from '../../schemas/events/generated/requests.js';
import type { PlannedEvent } from '../../schemas/events/plan/generated/plan.js';
import { deeperThan, inWords } from '../shared/depth.ts';
import type { Problem } from '../shared/errors.ts';
import { problemsOf } from '../shared/validation.ts';
import type { Arrival } from './arrival.ts';
import { filingOf, MAX_AHEAD_MS } from './filing.ts';
import { completedProperties, identityOf, identityProblems, nameless } from './identity.ts';
import type { EventRow } from './row.ts';
import { lakeTimestamp, parseInstant } from './time.ts';
import { planned, propertyProblems, withoutPersonal } from './tracking-plan.ts';

/** One event's properties as JSON text, in UTF-16 units: many such events must still fit one stream record. */
const MAX_PROPERTIES_LENGTH = 64 * 1024;
/** Objects and arrays inside one another; what is deeper is no property anybody asks for. */
const MAX_PROPERTIES_DEPTH = 16;

const DEVICE_TYPES = {
  pc: 'pc',
  PC: 'pc',
  desktop: 'pc',
  mobile: 'mobile',
  tablet: 'mobile',
  app: 'app',
} as const;

/** An event that becomes a row of the lake, or everything that is wrong with it. */
export type Verdict =
  | { readonly row: EventRow; readonly problems?: never }
  | { readonly problems: readonly Problem[]; readonly row?: never };

/** Judges one event of a batch by its envelope (spec §1), its time and its schema in the tracking plan. */
export function judge(candidate: unknown, arrival: Arrival): Verdict {
  if (!validateEvent(candidate)) return { problems: envelopeProblems(candidate) };
  if (deeperThan(candidate.properties, MAX_PROPERTIES_DEPTH)) return { problems: [tooDeep] };
  const properties = completedProperties(candidate);
  const occurredMs = parseInstant(candidate.occurred_at);
  const event = planned(candidate.name);
  if (occurredMs === undefined || occurredMs > arrival.receivedMs + MAX_AHEAD_MS || 'field' in event) {
    return {
      problems: [...timeProblems(candidate.occurred_at, occurredMs, arrival), ...nameProblems(event)],
    };
  }
  const broken = identityProblems(candidate, properties).concat(propertyProblems(event, properties));
  if (broken.length > 0) return { problems: broken };
  const text = JSON.stringify(nameless(candidate, withoutPersonal(event, properties)));
  if (text.length > MAX_PROPERTIES_LENGTH) return { problems: [tooLong(text.length)] };
  return { row: rowOf(candidate, { properties, text, occurredMs, version: event.version }, arrival) };
}

const envelopeProblems = (candidate: unknown): readonly Problem[] =>
  typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate)
    ? problemsOf(validateEvent, candidate)
    : [{ field: '', message: `An event is an object (this is ${inWords(candidate)})` }];

function timeProblems(sent: string | number, ms: number | undefined, arrival: Arrival): Problem[] {
  const field = 'occurred_at';
  if (ms === undefined) {
    const allowed = 'ISO 8601 with a zone, epoch seconds or epoch milliseconds, from 1970 on';
    return [{ field, message: `${field} is ${JSON.stringify(sent)}; allowed: ${allowed}` }];
  }
  if (ms <= arrival.receivedMs + MAX_AHEAD_MS) return [];
  return [{ field, message: `${field} is ${JSON.stringify(sent)}, more than 24 hours ahead` }];
}

const nameProblems = (event: PlannedEvent | Problem): Problem[] => ('field' in event ? [event] : []);

const tooDeep: Problem = {
  field: 'properties',
  message: `properties are nested more than ${MAX_PROPERTIES_DEPTH} deep`,
};

const tooLong = (length: number): Problem => ({
  field: 'properties',
  message: `properties have ${length} characters as JSON; at most ${MAX_PROPERTIES_LENGTH} are allowed`,
});

interface Judged {
  readonly properties: Record<string, unknown>;
  readonly text: string;
  readonly occurredMs: number;
  readonly version: number;
}

function rowOf(event: Event, judged: Judged, arrival: Arrival): EventRow {
  const { device, page, utm } = event;
  const identity = identityOf(event, judged.properties);
  const filing = filingOf(judged.occurredMs, arrival.receivedMs);
  return {
    event_id: event.event_id.toLowerCase(),
    name: event.name,
    occurred_at: lakeTimestamp(judged.occurredMs),
    received_at: lakeTimestamp(arrival.receivedMs),
    late: filing.late,
    source: arrival.door === 'public' ? 'client' : (event.source ?? 'server'),
    user_id: identity.userId,
    anonymous_id: identity.anonymousId,
    session_hint: identity.sessionHint,
    device_type: device?.type == null ? undefined : DEVICE_TYPES[device.type],
    platform: device?.platform ?? undefined,
    os: device?.os ?? undefined,
    app_version: device?.app_version ?? undefined,
    page_url: page?.url ?? undefined,
    page_title: page?.title ?? undefined,
    page_referrer: page?.referrer ?? undefined,
    utm_source: utm?.source ?? undefined,
    utm_medium: utm?.medium ?? undefined,
    utm_campaign: utm?.campaign ?? undefined,
    utm_term: utm?.term ?? undefined,
    utm_content: utm?.content ?? undefined,
    country: arrival.country,
    schema_version: judged.version,
    bot: arrival.bot,
    transaction_id: orderOf(event.name, judged.properties),
    properties: judged.text,
    filed: filing.filed,
    day: filing.day,
  };
}

/** Events that name an order, which counts once (spec §1, "Dedupe"). */
const ORDERS = new Set(['purchase', 'refund']);

function orderOf(name: string, { transaction_id: order }: Record<string, unknown>): string | undefined {
  return ORDERS.has(name) && typeof order === 'string' ? order : undefined;
}
