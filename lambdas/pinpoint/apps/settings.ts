import type { ApplicationSettingsResource, WriteApplicationSettingsRequest } from '@aws-sdk/client-pinpoint';
import type { Registry } from '../ports.ts';
import { conflict } from '../protocol/errors.ts';
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

/** UpdateApplicationSettings replaces the settings whole. */
export const updateApplicationSettings =
  (registry: Registry): Operation<'UpdateApplicationSettings'> =>
  async ({ ApplicationId, WriteApplicationSettingsRequest }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
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
