/** What is known of a request that brings events. Pure. */
import { isbot } from 'isbot';

/** The door a request came through: `private` for allow-listed servers, `public` for browsers and apps. */
export type Door = 'private' | 'public';

export interface Arrival {
  readonly door: Door;
  /** Epoch milliseconds. */
  readonly receivedMs: number;
  /** ISO 3166-1 alpha-2; undefined when the door cannot know it. */
  readonly country: string | undefined;
  readonly bot: boolean;
}

/** What apps send events with when they say nothing of themselves: the library takes it for programs. */
const APP = /^(?:okhttp\/|ktor[- ]client|UnityPlayer\/|ReactNative)/i;

/** Programs that say so in their User-Agent; those that pretend to be people are not found here. */
const isRobot = (userAgent: string): boolean => isbot(userAgent) && !APP.test(userAgent);

/**
 * Country and bot flag come from the caller's own connection, so only the public door tells them: behind the private
 * door stands a server. The country is what the edge puts in the place of anything that a caller says. `headers` have lower-case names; no address is kept. A stage that does not say which door it
 * is gets the lesser trust.
 */
export function arrivalOf(
  stageVariables: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  receivedMs: number,
): Arrival {
  if (stageVariables['door'] === 'private')
    return { door: 'private', receivedMs, country: undefined, bot: false };
  const country = headers['cloudfront-viewer-country'];
  return {
    door: 'public',
    receivedMs,
    country: country !== undefined && /^[A-Z]{2}$/.test(country) ? country : undefined,
    bot: isRobot(headers['user-agent'] ?? ''),
  };
}
