/** One event as the collector takes it (schemas/events/event.request.json). Pure. */
import type { Device } from './device.ts';
import { TELLING } from './generated/names.ts';
import type { Utm } from './utm.ts';

export type Properties = Readonly<Record<string, unknown>>;

export interface Page {
  readonly url: string;
  readonly title: string;
  readonly referrer: string;
}

/** In the collector's words: they go out as they are. */
export interface Who {
  readonly user_id: string | undefined;
  readonly anonymous_id: string | undefined;
  readonly session_id: string | undefined;
}

export interface Facts {
  readonly id: string;
  /** Epoch ms, by the browser's clock. */
  readonly at: number;
  readonly page: Page;
  readonly device: Device;
  readonly utm: Utm | undefined;
  /** Undefined where nobody was asked: the collector takes that for given. */
  readonly consent: boolean | undefined;
  readonly who: Who;
}

export type TrackedEvent = ReturnType<typeof envelope>;

/** The collector's limits: a long address is told in part rather than not at all. */
const MAX_URL = 8192;
const MAX_TITLE = 1024;

/** What is undefined is left out when the event becomes JSON. */
export const envelope = (
  name: string,
  properties: Properties | undefined,
  { id, at, who, device, page: { url, title, referrer }, utm, consent }: Facts,
) => ({
  event_id: id,
  name,
  occurred_at: new Date(at).toISOString(),
  ...who,
  device,
  page: {
    url: url.slice(0, MAX_URL),
    title: title.slice(0, MAX_TITLE),
    referrer: referrer.slice(0, MAX_URL) || undefined,
  },
  utm,
  consent: consent === undefined ? undefined : { analytics: consent },
  properties,
});

const NOBODY = { user_id: undefined, anonymous_id: undefined };

/**
 * The event without anything that tells whose it is (spec §1, "Privacy"); undefined when nothing would be left of it:
 * a login is the user whom it may not name.
 */
export const nameless = (event: TrackedEvent): TrackedEvent | undefined =>
  TELLING.includes(event.name)
    ? undefined
    : {
        ...event,
        ...NOBODY,
        session_id: undefined,
        consent: { analytics: false },
        properties: event.properties && { ...event.properties, ...NOBODY },
      };
