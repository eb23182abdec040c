import type { QueueSender } from '../../shared/queue-sender.ts';
import type { JobMessage } from '../jobs/message.ts';
import type { Registry } from '../ports.ts';
import type { Operation } from '../protocol/operation.ts';
import { appKey, appPartition, appResponse, requireApp } from './app.ts';

export interface DeleteAppDeps {
  readonly registry: Registry;
  readonly jobs: QueueSender<JobMessage>;
}

/**
 * DeleteApp: its registry rows go at once, its endpoints and lists by a job (there may be millions). The application's
 * own row goes last, so that a call that was cut short can be made again.
 */
export const deleteApp =
  ({ registry, jobs }: DeleteAppDeps): Operation<'DeleteApp'> =>
  async ({ ApplicationId }, ctx) => {
    const { row } = await requireApp(registry, ApplicationId);
    const { rows } = await registry.list(appPartition(row.id), '');
    for (const { key } of rows) await registry.remove(key);
    await jobs.send({ kind: 'erase', appId: row.id });
    await registry.remove(appKey(row.id));
    return { ApplicationResponse: appResponse(ctx, row) };
  };
