import type { Ctx } from '../../shared/context.ts';
import type { QueueMessage } from '../../shared/queue.ts';
import type { JobMessage } from './message.ts';
import { type EraseDeps, runEraseJob } from './run-erase-job.ts';
import { type ImportDeps, runImportJob } from './run-import-job.ts';

/** Works on one message of the queue `imports`. */
export function runJob(
  deps: ImportDeps & EraseDeps,
  message: QueueMessage<JobMessage>,
  ctx: Ctx,
): Promise<void> {
  const { body } = message;
  switch (body.kind) {
    case 'import':
      return runImportJob(deps, { ...message, body }, ctx);
    case 'erase':
      return runEraseJob(deps, { ...message, body });
  }
}
