import type { Context, EventBridgeEvent } from 'aws-lambda';
import type { Ctx } from './context.ts';
import { logger } from './telemetry.ts';

export type BusHandler<Detail> = (event: EventBridgeEvent<string, Detail>, context: Context) => Promise<void>;

/** The handler of an EventBridge rule; an error makes the bus try again. */
export function busHandler<Detail>(
  work: (event: EventBridgeEvent<string, Detail>, ctx: Ctx) => Promise<void>,
): BusHandler<Detail> {
  return async (event, context) => {
    logger.addContext(context);
    await work(event, {
      actor: event.source,
      requestId: event.id,
      now: Date.now(),
      deadline: Date.now() + context.getRemainingTimeInMillis(),
    });
  };
}
