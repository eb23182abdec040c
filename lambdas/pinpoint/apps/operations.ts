import type { Operations } from '../protocol/operation.ts';
import { createApp } from './create-app.ts';
import { type DeleteAppDeps, deleteApp } from './delete-app.ts';
import { getApp, getApps } from './read-apps.ts';
import { getApplicationSettings, updateApplicationSettings } from './settings.ts';

export const appOperations = (deps: DeleteAppDeps) =>
  ({
    CreateApp: createApp(deps.registry),
    GetApp: getApp(deps.registry),
    GetApps: getApps(deps.registry),
    DeleteApp: deleteApp(deps),
    GetApplicationSettings: getApplicationSettings(deps.registry),
    UpdateApplicationSettings: updateApplicationSettings(deps.registry),
  }) satisfies Operations;
