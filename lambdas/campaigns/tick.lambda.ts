import { readEnv } from '../shared/env.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { scheduleHandler } from '../shared/schedule.ts';
import { logger } from '../shared/telemetry.ts';
import { CAMPAIGNS_ENV } from './env.ts';
import type { SendMessage } from './sends/ports.ts';
import { queueDueSends } from './sends/queue-due-sends.ts';
import { dynamoDue } from './sends/send-store.aws.ts';

const env = readEnv({ table: CAMPAIGNS_ENV.table, queueUrl: CAMPAIGNS_ENV.sendsQueueUrl });
const deps = {
  due: dynamoDue(env.table),
  queue: sqsSender<SendMessage>(env.queueUrl),
  clock: () => Date.now(),
};

export const handler = scheduleHandler(async (ctx) => {
  logger.info('due sends queued', { queued: await queueDueSends(deps, ctx) });
});
