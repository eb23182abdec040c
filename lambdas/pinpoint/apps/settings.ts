import type {
  ApplicationSettingsJourneyLimits,
  ApplicationSettingsResource,
  WriteApplicationSettingsRequest,
} from '@aws-sdk/client-pinpoint';
import { hookProblems } from '../campaigns/check-hook.ts';
import { limitProblems } from '../campaigns/check-limits.ts';
import { quietTimeProblems } from '../campaigns/check-schedule.ts';
import { wholeProblems } from '../campaigns/checks.ts';
import type { Registry } from '../ports.ts';
import { badRequest, conflict } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { appPartition, requireApp } from './app.ts';

/** Defaults for campaigns and journeys that are created afterwards (pinpoint.md §2.1). */
export interface SettingsRow extends WriteApplicationSettingsRequest {
  readonly lastModifiedDate: string;
}

export const settingsKey = (appId: string) => ({ pk: appPartition(appId), sk: 'settings' });

const resource = (appId: string, row: SettingsRow | undefined): ApplicationSettingsResource => ({
  ApplicationId: appId,
  CampaignHook: row?.CampaignHook,
  Limits: row?.Limits,
  QuietTime: row?.QuietTime,
  JourneyLimits: row?.JourneyLimits,
  LastModifiedDate: row?.lastModifiedDate,
});

export const getApplicationSettings =
  (registry: Registry): Operation<'GetApplicationSettings'> =>
  async ({ ApplicationId }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const settings = await registry.get<SettingsRow>(settingsKey(app.id));
    return { ApplicationSettingsResource: resource(app.id, settings?.row) };
  };

/** Everything wrong with settings: a campaign that takes them over has to be able to run. */
function settingsProblems(settings: WriteApplicationSettingsRequest): string[] {
  return [
    ...hookProblems('CampaignHook', settings.CampaignHook),
    ...limitProblems(settings.Limits),
    ...quietTimeProblems('QuietTime', settings.QuietTime),
    ...journeyLimitProblems(settings.JourneyLimits ?? {}),
  ];
}

/** Bounds as the API's model gives them (pinpoint.md §2.1). */
function journeyLimitProblems({ DailyCap, TotalCap, TimeframeCap }: ApplicationSettingsJourneyLimits) {
  return [
    ...wholeProblems('JourneyLimits.DailyCap', DailyCap, [0, 100]),
    ...wholeProblems('JourneyLimits.TotalCap', TotalCap, [0, 100]),
    ...wholeProblems('JourneyLimits.TimeframeCap.Cap', TimeframeCap?.Cap, [0, 100]),
    ...wholeProblems('JourneyLimits.TimeframeCap.Days', TimeframeCap?.Days, [0, 30]),
  ];
}

/**
 * UpdateApplicationSettings replaces the settings whole. Throws BadRequestException that names every wrong member,
 * ConflictException when somebody else changed them at the same moment.
 */
export const updateApplicationSettings =
  (registry: Registry): Operation<'UpdateApplicationSettings'> =>
  async ({ ApplicationId, WriteApplicationSettingsRequest }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const problems = settingsProblems(WriteApplicationSettingsRequest ?? {});
    if (problems.length > 0) throw badRequest(problems.join('; '));
    const key = settingsKey(app.id);
    const row: SettingsRow = {
      ...WriteApplicationSettingsRequest,
      lastModifiedDate: new Date(ctx.now).toISOString(),
    };
    const before = await registry.get<SettingsRow>(key);
    const done = before ? await registry.replace(before, row) : await registry.create(key, row);
    if (!done) throw conflict(`The settings of ${app.id} were changed at the same moment; try again`);
    return { ApplicationSettingsResource: resource(app.id, row) };
  };
