/** Who an event is about. Pure. */
import type { Event } from '../../schemas/events/generated/requests.js';
import type { Problem } from '../shared/errors.ts';
import { isIdentifierName } from './identifier-name.ts';
import { holdsAddress, keptAddress } from './page-address.ts';

export interface Identity {
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  readonly sessionHint: string | undefined;
}

/** Events that tell who somebody is; their property user_id (spec §1) and the envelope's are one and the same. */
const TELLING = new Set(['login', 'sign_up']);

const NOBODY: Identity = { userId: undefined, anonymousId: undefined, sessionHint: undefined };

/** Given in one place, a telling event's user_id stands in both. */
export function completedProperties(event: Event): Record<string, unknown> {
  const properties = (event.properties ?? {}) as Record<string, unknown>;
  if (!TELLING.has(event.name) || event.user_id == null || properties['user_id'] !== undefined)
    return properties;
  return { ...properties, user_id: event.user_id };
}

const userIdOf = (event: Event, properties: Record<string, unknown>): string | undefined => {
  if (event.user_id != null) return event.user_id;
  const told = TELLING.has(event.name) ? properties['user_id'] : undefined;
  return typeof told === 'string' ? told : undefined;
};

/** Whom an event names that may be wrong in any way. */
export function toldUserId({
  name,
  user_id: userId,
  properties,
}: Readonly<Record<string, unknown>>): unknown {
  if (userId != null || typeof name !== 'string' || !TELLING.has(name)) return userId;
  return typeof properties === 'object'
    ? (properties as Record<string, unknown> | null)?.['user_id']
    : undefined;
}

/** Other purposes are not asked for here; this one has to be found however it is spelled. */
export const isAnalytics = (purpose: string): boolean => /^\s*analytics\s*$/i.test(purpose);

/** Whether the person said no to analytics; who was not asked, or was not told of here, said nothing. */
export function declined({ consent }: Event): boolean {
  if (consent == null) return false;
  if (consent.analytics === false) return true;
  for (const purpose in consent)
    if (purpose !== 'analytics' && consent[purpose] === false && isAnalytics(purpose)) return true;
  return false;
}

/** Without consent to analytics nobody is named (spec §1, "Privacy"). */
export const identityOf = (event: Event, properties: Record<string, unknown>): Identity =>
  declined(event)
    ? NOBODY
    : {
        userId: userIdOf(event, properties),
        anonymousId: event.anonymous_id ?? undefined,
        sessionHint: event.session_id ?? undefined,
      };

/** A value without anything that goes by the name of an identifier, or that is an address, at any depth; `within` is the name of what it stands in. */
export function withoutIdentifiers(value: unknown, within = ''): unknown {
  if (typeof value === 'string') return textWithoutIdentifiers(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => withoutIdentifiers(one, within));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      isIdentifierName(name, within) || holdsAddress(name) ? [] : [[name, withoutIdentifiers(one, name)]],
    ),
  );
}

/** A link may name somebody as a page's address may. */
function textWithoutIdentifiers(text: string): string {
  const kept = keptAddress(text, true);
  return holdsAddress(kept) ? '' : kept;
}

const NONE: readonly Problem[] = [];

export function identityProblems(event: Event, properties: Record<string, unknown>): readonly Problem[] {
  const userId = userIdOf(event, properties);
  if (userId === undefined && event.anonymous_id == null && !declined(event)) {
    return [{ field: 'user_id', message: 'user_id or anonymous_id is missing' }];
  }
  const told = properties['user_id'];
  if (TELLING.has(event.name) && typeof told === 'string' && told !== userId) {
    return [
      { field: 'properties.user_id', message: `properties.user_id is "${told}" but user_id is "${userId}"` },
    ];
  }
  return NONE;
}
