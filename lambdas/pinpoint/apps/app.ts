import type { ApplicationResponse } from '@aws-sdk/client-pinpoint';
import type { Registry, Stored } from '../ports.ts';
import { notFound } from '../protocol/errors.ts';
import { arnOf, type EngineCtx } from '../protocol/operation.ts';

/** An application: what Pinpoint's console calls a project. */
export interface AppRow {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601 with milliseconds. */
  readonly creationDate: string;
}

/** Apps lie in one partition, so that GetApps is a query. */
export const APPS = 'apps';
export const APP_PREFIX = 'app#';
export const appKey = (appId: string) => ({ pk: APPS, sk: `${APP_PREFIX}${appId}` });
/** The partition of everything an application has. */
export const appPartition = (appId: string): string => `app#${appId}`;

/** The application, or NotFoundException: every operation on something inside an application begins with it. */
export async function requireApp(registry: Registry, appId: string | undefined): Promise<Stored<AppRow>> {
  const app = await registry.get<AppRow>(appKey(appId ?? ''));
  if (!app) throw notFound(`There is no application ${appId}`);
  return app;
}

export const appResponse = (ctx: EngineCtx, app: AppRow): ApplicationResponse => ({
  Arn: arnOf(ctx, `apps/${app.id}`),
  Id: app.id,
  Name: app.name,
  tags: app.tags,
  CreationDate: app.creationDate,
});
