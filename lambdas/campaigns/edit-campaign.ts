import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { inWords } from '../shared/depth.ts';
import { conflict, invalid, type Problem } from '../shared/errors.ts';
import type { CampaignAnswer } from './answer.ts';
import type { Campaign, Definition } from './campaign.ts';
import { changeCampaign } from './change-campaign.ts';
import { type CampaignControlDeps, carriedOut } from './control-campaign.ts';
import { type DefineDeps, defined } from './define.ts';
import { differences } from './definition/differences.ts';
import { requestOf } from './definition/request-of.ts';
import { rescheduled } from './lifecycle.ts';
import { changeRate } from './sends/control.ts';
import { openDue } from './sends/open-due.ts';
import { stateOf } from './standing.ts';

export type EditDeps = CampaignControlDeps & DefineDeps;

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
  night: true,
  caps: true,
  missing: true,
  defaults: true,
  coupon: true,
  webhook: true,
  custom: true,
};
/** What may still be changed of a campaign that goes out once and has begun to. */
const WHILE_SENDING = ['name', 'ratePerMinute'];
const CONTENT = ['title', 'message', 'icon', 'image', 'link', 'html', 'template', 'kakao'] as const;

/**
 * Changes fields of a campaign (PATCH): one that is given replaces the whole field, null takes it away. A recurring
 * campaign's later sends say what it says then; one that goes out once can be edited until its send begins, after that
 * its rate. Label and opt-out text are frozen into it anew (spec §4). Each edit is a version.
 */
export async function editCampaign(
  deps: EditDeps,
  ctx: Ctx,
  id: string,
  body: unknown,
): Promise<CampaignAnswer> {
  const patch = patchOf(body);
  const edited = await changeCampaign(deps, ctx, id, 'edited', async (campaign) => {
    checkEditable(campaign, Object.keys(patch));
    const { definition } = await defined(deps, ctx, patched(campaign, patch), {
      stored: campaign,
      kind: 'edit',
    });
    return redefined(campaign, definition, ctx.now);
  });
  const opened = await openDue(deps, ctx, edited);
  const rate = opened.ratePerMinute ?? deps.settings.ratePerMinute;
  const isMeant = (): boolean => 'ratePerMinute' in patch;
  return carriedOut(deps, opened, isMeant, (send) => changeRate(deps, ctx, send, rate));
}

type Patch = Readonly<Record<string, unknown>>;

/** The fields that an edit or a clone gives; throws for what is no field of a campaign. */
export function patchOf(body: unknown, also: readonly string[] = []): Patch {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid([{ field: '', message: `the body is ${inWords(body)}; allowed: an object of fields` }]);
  const allowed = Object.entries(FIELDS).flatMap(([name, editable]) => (editable ? [name] : []));
  const names = [...allowed, ...also];
  const unknown = Object.keys(body).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw invalid(
      unknown.map((field) => ({
        field,
        message: `${field} is not a field that can be changed; allowed: ${names.join(', ')}`,
      })),
    );
  return body as Patch;
}

/** The request that would create the campaign as it is to be. */
export function patched(before: Definition, patch: Patch): Patch {
  const request = { ...requestOf(before), ...patch };
  const problems = hidden(request, patch);
  if (problems.length > 0) throw invalid(problems);
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null));
}

/** A text that every variant says in its own way would be changed without anybody seeing it. */
function hidden({ variants }: Pick<CreateCampaign, 'variants'>, patch: Patch): Problem[] {
  if (!variants || 'variants' in patch) return [];
  return CONTENT.filter(
    (part) => patch[part] != null && variants.every((variant) => variant[part] !== undefined),
  ).map((field) => ({ field, message: `${field} is said by each variant in its own way: give variants` }));
}

function checkEditable(campaign: Campaign, fields: readonly string[]): void {
  const state = stateOf(campaign);
  if (campaign.status === 'cancelled' || campaign.status === 'completed')
    throw conflict(`Campaign ${campaign.id} is ${state}: it cannot be edited any more; clone it`);
  const begun = campaign.schedule.kind !== 'recurring' && Object.keys(campaign.open).length > 0;
  const late = begun ? fields.filter((field) => !WHILE_SENDING.includes(field)) : [];
  if (late.length > 0)
    throw conflict(
      `Campaign ${campaign.id} is ${state}: its send has begun, and ${late.join(', ')} cannot be changed any more; allowed: ${WHILE_SENDING.join(', ')}`,
      late[0],
    );
}

/** The campaign in its next version; itself when nothing is different. */
function redefined(campaign: Campaign, definition: Definition, now: number): Campaign {
  if (differences(campaign, definition).length === 0) return campaign;
  const { winner: _w, ratePerMinute: _r, coupon: _c, deliveryUri: _d, chosen, ...kept } = campaign;
  const same = (part: 'schedule' | 'variants'): boolean =>
    JSON.stringify(campaign[part]) === JSON.stringify(definition[part]);
  const next: Campaign = {
    ...kept,
    ...definition,
    version: campaign.version + 1,
    // Who won said something else.
    ...(chosen && same('variants') ? { chosen } : {}),
  };
  return same('schedule') ? next : rescheduled(next, campaign.schedule, now);
}
