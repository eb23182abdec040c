/** Who an event is about. Pure. */
import type { Event } from '../../schemas/events/generated/requests.js';
import type { Problem } from '../shared/errors.ts';

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

const declined = (event: Event): boolean => event.consent?.analytics === false;

/** Without consent to analytics nobody is named (spec §1, "Privacy"). */
export const identityOf = (event: Event, properties: Record<string, unknown>): Identity =>
  declined(event)
    ? NOBODY
    : {
        userId: userIdOf(event, properties),
        anonymousId: event.anonymous_id ?? undefined,
        sessionHint: event.session_id ?? undefined,
      };

/** The properties as they may be stored: without consent a telling event does not tell. */
export function nameless(event: Event, properties: Record<string, unknown>): Record<string, unknown> {
  if (!declined(event) || !('user_id' in properties || 'anonymous_id' in properties)) return properties;
  const { user_id: _user, anonymous_id: _anonymous, ...rest } = properties;
  return rest;
}

export function identityProblems(event: Event, properties: Record<string, unknown>): Problem[] {
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
  return [];
}
