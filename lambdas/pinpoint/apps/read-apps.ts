import type { Registry } from '../ports.ts';
import type { Operation } from '../protocol/operation.ts';
import { pageOf, tokenOf } from '../protocol/paging.ts';
import { APP_PREFIX, APPS, type AppRow, appResponse, requireApp } from './app.ts';

export const getApp =
  (registry: Registry): Operation<'GetApp'> =>
  async ({ ApplicationId }, ctx) => {
    const { row } = await requireApp(registry, ApplicationId);
    return { ApplicationResponse: appResponse(ctx, row) };
  };

export const getApps =
  (registry: Registry): Operation<'GetApps'> =>
  async (input, ctx) => {
    const { rows, after } = await registry.list<AppRow>(APPS, APP_PREFIX, pageOf(input, APP_PREFIX));
    return {
      ApplicationsResponse: { Item: rows.map(({ row }) => appResponse(ctx, row)), ...tokenOf(after) },
    };
  };
