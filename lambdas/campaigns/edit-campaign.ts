import { validateCreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { inWords } from '../shared/depth.ts';
import { conflict, invalid, type Problem } from '../shared/errors.ts';
import { check } from '../shared/validation.ts';
import type { Campaign, Definition } from './campaign.ts';
import { changeCampaign } from './change-campaign.ts';
import { type CampaignControlDeps, carriedOut } from './control-campaign.ts';
import { type DefineDeps, defined } from './define.ts';
import { differences } from './definition/differences.ts';
import { type Patch, patched, patchOf, withoutNulls } from './definition/patch.ts';
import { isSame } from './definition/same.ts';
import { nameProblems, rateProblems, storedRate } from './definition/small-checks.ts';
import { rescheduled } from './lifecycle.ts';
import { type LikenessDeps, type WarnedAnswer, warnings } from './likeness.ts';
import { changeRate } from './sends/control.ts';
import { openDue } from './sends/open-due.ts';
import { stateOf } from './standing.ts';

export type EditDeps = CampaignControlDeps & DefineDeps & LikenessDeps;

/** What may still be changed of a campaign that goes out once and has begun to. */
const WHILE_SENDING = ['name', 'ratePerMinute'];

/**
 * Changes fields of a campaign (PATCH): one that is given replaces the whole field, null takes it away. A recurring
 * campaign's later sends say what it says then; one that goes out once can be edited until its send begins, after that
 * its rate. Label and opt-out text are frozen into it anew (spec §4). Each edit is a version; of somebody who says which one
 * the edit is of, it is refused once there is another.
 */
export async function editCampaign(
  deps: EditDeps,
  ctx: Ctx,
  id: string,
  body: unknown,
): Promise<WarnedAnswer> {
  const {
    patch: { version, ...patch },
    problems,
  } = patchOf(body, ['version']);
  checkVersion(version);
  const edited = await changeCampaign(deps, ctx, id, 'edited', async (campaign) => {
    checkEditable(campaign, Object.keys(patch));
    if (version !== undefined && version !== campaign.version) throw overtaken(campaign, version);
    const definition = isSmall(campaign, patch)
      ? withNameAndRate(campaign, patch, problems)
      : await edition(deps, ctx, campaign, patch, [...problems, ...timeProblems(campaign, patch)]);
    return redefined(campaign, definition, ctx.now);
  });
  const opened = await openDue(deps, ctx, edited);
  const rate = opened.ratePerMinute ?? deps.settings.ratePerMinute;
  const isMeant = (): boolean => 'ratePerMinute' in patch;
  const answer = await carriedOut(deps, opened, isMeant, (send) => changeRate(deps, ctx, send, rate));
  return { ...answer, warnings: isSmall(edited, patch) ? [] : await warnings(deps, ctx, edited) };
}

function checkVersion(version: unknown): void {
  if (version === undefined || (Number.isInteger(version) && Number(version) > 0)) return;
  const message = `version is ${inWords(version)}; allowed: the version that is edited, a whole number`;
  throw invalid([{ field: 'version', message }]);
}

const overtaken = ({ id, version: now, changedBy }: Campaign, version: unknown) =>
  conflict(
    `Campaign ${id} is version ${now} by now, by ${changedBy}, not ${version}: read it again`,
    'version',
  );

const hasOpenSends = ({ open }: Campaign): boolean => Object.keys(open).length > 0;

function checkEditable(campaign: Campaign, fields: readonly string[]): void {
  const state = stateOf(campaign);
  if (campaign.status === 'cancelled' || campaign.status === 'completed')
    throw conflict(`Campaign ${campaign.id} is ${state}: it cannot be edited any more; clone it`);
  const begun = campaign.schedule.kind !== 'recurring' && hasOpenSends(campaign);
  const late = begun ? fields.filter((field) => !WHILE_SENDING.includes(field)) : [];
  if (late.length > 0)
    throw conflict(
      `Campaign ${campaign.id} is ${state}: its send has begun, and ${late.join(', ')} cannot be changed any more; allowed: ${WHILE_SENDING.join(', ')}`,
      late[0],
    );
}

/** Without a schedule a campaign goes out at once. Somebody who takes the time away from one that goes by it has not said that. */
function timeProblems(campaign: Campaign, patch: Patch): Problem[] {
  if (patch['schedule'] !== null) return [];
  if (campaign.status !== 'scheduled' && campaign.status !== 'recurring') return [];
  const message = `schedule is null, and campaign ${campaign.id} is ${stateOf(campaign)}: it would go out at once; allowed: a schedule such as {"at":"2027-03-01T09:00"}; pause or cancel it to keep it from going out`;
  return [{ field: 'schedule', message }];
}

/** Whether messages are going out, and only how fast, or under which name, is to change. */
const isSmall = (campaign: Campaign, patch: Patch): boolean =>
  hasOpenSends(campaign) &&
  patch['name'] !== null &&
  Object.keys(patch).every((field) => WHILE_SENDING.includes(field));

async function edition(
  deps: EditDeps,
  ctx: Ctx,
  campaign: Campaign,
  patch: Patch,
  unknown: readonly Problem[],
): Promise<Definition> {
  const { patch: request, problems } = patched(campaign, patch);
  const origin = { stored: campaign, kind: 'edit', problems: [...unknown, ...problems] } as const;
  return (await defined(deps, ctx, request, origin)).definition;
}

/** What it says is not judged again: a rate must be changeable although a template is gone by now. */
function withNameAndRate(campaign: Campaign, patch: Patch, unknown: readonly Problem[]): Definition {
  const request = check(validateCreateCampaign, { segment: campaign.segment, ...withoutNulls(patch) });
  const problems = [...unknown, ...nameProblems(request), ...rateProblems(request)];
  if (problems.length > 0) throw invalid(problems);
  const { ratePerMinute: before, ...kept } = campaign;
  const rate = 'ratePerMinute' in patch ? storedRate(request) : before;
  const name = request.name ?? campaign.name;
  return { ...kept, name, ...(rate === undefined ? {} : { ratePerMinute: rate }) };
}

/** The campaign in its next version; itself when nothing is different. */
function redefined(campaign: Campaign, definition: Definition, now: number): Campaign {
  if (differences(campaign, definition).length === 0) return campaign;
  const {
    winner: _w,
    ratePerMinute: _r,
    coupon: _c,
    deliveryUri: _d,
    deliveryTo: _t,
    chosen,
    ...kept
  } = campaign;
  const keepsRule = campaign.winner === undefined || definition.winner !== undefined;
  const next: Campaign = {
    ...kept,
    ...definition,
    version: campaign.version + 1,
    // Who won said something else, or nobody is to win any more.
    ...(chosen && keepsRule && isSame(campaign.variants, definition.variants) ? { chosen } : {}),
  };
  return isSame(campaign.schedule, definition.schedule) ? next : rescheduled(next, campaign.schedule, now);
}
