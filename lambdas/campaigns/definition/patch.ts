import type { CreateCampaign } from '../../../schemas/campaigns/generated/requests.js';
import { inWords } from '../../shared/depth.ts';
import { invalid, type Problem } from '../../shared/errors.ts';
import type { Definition } from '../campaign.ts';
import { requestOf } from './request-of.ts';

/** Fields of a request that an edit or a clone gives; null takes one away. */
export type Patch = Readonly<Record<string, unknown>>;

/** Every field of a request; false for those that are said once, when a campaign is created. */
const FIELDS: Readonly<Record<keyof CreateCampaign, boolean>> = {
  segment: true,
  name: true,
  channel: true,
  title: true,
  message: true,
  icon: true,
  image: true,
  link: true,
  html: true,
  template: true,
  kakao: true,
  purpose: true,
  variants: true,
  holdout: true,
  winner: true,
  schedule: true,
  start: false,
  draft: false,
  ratePerMinute: true,
  optOutText: true,
  night: true,
  caps: true,
  missing: true,
  defaults: true,
  coupon: true,
  webhook: true,
  custom: true,
};
const CONTENT = ['title', 'message', 'icon', 'image', 'link', 'html', 'template', 'kakao'] as const;

export interface Read {
  readonly patch: Patch;
  /** To be told with whatever else is wrong with the body. */
  readonly problems: readonly Problem[];
}

/** The fields of a body that a campaign has and that can be changed; `also` may be given beside them. Throws for no object. */
export function patchOf(body: unknown, also: readonly string[] = []): Read {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid([{ field: '', message: `the body is ${inWords(body)}; allowed: an object of fields` }]);
  const allowed = Object.entries(FIELDS).flatMap(([name, editable]) => (editable ? [name] : []));
  const names = [...allowed, ...also];
  const isKnown = (name: string): boolean => names.includes(name);
  const problems = Object.keys(body)
    .filter((name) => !isKnown(name))
    .map((field) => ({
      field,
      message: `${field} is not a field that can be changed; allowed: ${names.join(', ')}`,
    }));
  const patch = Object.fromEntries(Object.entries(body).filter(([name]) => isKnown(name)));
  return { patch, problems };
}

/** The request that would create the campaign as it is to be. */
export function patched(before: Definition, patch: Patch): Read {
  const request = { ...requestOf(before), ...patch };
  return { patch: withoutNulls(request), problems: hidden(request, patch) };
}

export const withoutNulls = (patch: Patch): Patch =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));

/** A text that every variant says in its own way would be changed without anybody seeing it. */
function hidden({ variants }: Pick<CreateCampaign, 'variants'>, patch: Patch): Problem[] {
  if (!variants || 'variants' in patch) return [];
  const own = CONTENT.filter((part) => variants.every((variant) => variant[part] !== undefined));
  return own
    .filter((part) => patch[part] !== undefined && patch[part] !== null)
    .map((field) => ({ field, message: `${field} is said by each variant in its own way: give variants` }));
}
