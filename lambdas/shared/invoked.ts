import type { Context } from 'aws-lambda';
import type { Ctx } from './context.ts';
import { count, logger } from './telemetry.ts';

export type InvokedHandler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

/** The handler of a function whose answer somebody waits for. What it throws is logged, and is the caller's to repeat. */
export function invokedHandler<Event, Answer>(
  actor: string,
  work: (event: Event, ctx: Ctx) => Promise<Answer>,
): InvokedHandler<Event, Answer> {
  return async (event, context) => {
    logger.addContext(context);
    const now = Date.now();
    try {
      return await work(event, {
        actor,
        requestId: context.awsRequestId,
        now,
        deadline: now + context.getRemainingTimeInMillis(),
      });
    } catch (error) {
      logger.error('the question was not answered', { error: error as Error });
      count('Failed');
      throw error;
    }
  };
}
