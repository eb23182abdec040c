/** Campaign parameters of an address. Pure. */

export interface Utm {
  source?: string;
  medium?: string;
  campaign?: string;
  term?: string;
  content?: string;
}

const NAMES = ['source', 'medium', 'campaign', 'term', 'content'] as const;
/** The collector's limit (schemas/events/event.request.json). */
const MAX_LENGTH = 512;

/** What `utm_…` parameters the (absolute) address has; undefined when it has none. */
export function utmOf(url: string): Utm | undefined {
  const { searchParams } = new URL(url);
  let utm: Utm | undefined;
  for (const name of NAMES) {
    const value = (searchParams.get(`utm_${name}`) || '').trim();
    if (value) utm = { ...utm, [name]: value.slice(0, MAX_LENGTH) };
  }
  return utm;
}
