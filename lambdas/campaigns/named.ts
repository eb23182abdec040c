import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import { type Problem, RepointError } from '../shared/errors.ts';
import { foundPool } from './coupons/pools.ts';
import type { PoolStore } from './coupons/ports.ts';
import { missingTemplate } from './templates/find-template.ts';
import type { TemplateStore } from './templates/ports.ts';
import { TEMPLATE_CHANNELS, type TemplateChannel } from './templates/template.ts';

type Template = NonNullable<CreateCampaign['template']>;

/** Looks up what a request names; answers what is wrong, with the nearest names, or undefined. */
export interface Named {
  template(channel: TemplateChannel, template: Template): Promise<string | undefined>;
  pool(name: string): Promise<string | undefined>;
}

export const namedIn = (templates: TemplateStore, pools: PoolStore): Named => ({
  template: (channel, { name, version }) =>
    missingTemplate(templates, channel, { name, ...(version === undefined ? {} : { version }) }),
  async pool(name) {
    try {
      await foundPool(pools, name);
      return undefined;
    } catch (error) {
      if (error instanceof RepointError && error.code === 'not_found') return error.message;
      throw error;
    }
  },
});

/** The templates and the coupon pool that a request names and that are not there. */
export async function unknownNames(named: Named, request: CreateCampaign): Promise<Problem[]> {
  const { channel: wanted = 'push', coupon, template, variants = [] } = request;
  const channel = TEMPLATE_CHANNELS.find((known) => known === wanted);
  const places: readonly [field: string, template: Template | undefined][] = [
    ['template', template],
    ...variants.map(({ template: own }, index): [string, Template | undefined] => [
      `variants.${index}.template`,
      own,
    ]),
  ];
  // A channel without templates has no place for one, which is told elsewhere.
  const templates = places.map(async ([field, found]) =>
    problemAt(field, channel && found && (await named.template(channel, found))),
  );
  const pool = coupon && (await named.pool(coupon.pool));
  return [...(await Promise.all(templates)).flat(), ...problemAt('coupon.pool', pool)];
}

const problemAt = (field: string, problem: string | undefined): Problem[] =>
  problem === undefined ? [] : [{ field, message: `${field}: ${problem}` }];
