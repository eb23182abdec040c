import type { Context } from 'aws-lambda';
import type { Ctx } from './context.ts';
import { logger } from './telemetry.ts';

export type ScheduleHandler = (event: unknown, context: Context) => Promise<void>;

/** The handler of a scheduled function. It looks at what is due now, never at which minute the tick was meant for: ticks are missed and doubled. */
export function scheduleHandler(work: (ctx: Ctx) => Promise<void>): ScheduleHandler {
  return async (_event, context) => {
    logger.addContext(context);
    await work({
      actor: 'tick',
      requestId: context.awsRequestId,
      now: Date.now(),
      deadline: Date.now() + context.getRemainingTimeInMillis(),
    });
  };
}
