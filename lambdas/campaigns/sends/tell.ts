import type { PinpointControls } from './ports.ts';
import { rateOf } from './run-request.ts';
import { liveRun, type Says, type Send, withRun } from './send.ts';
import type { SendingSettings } from './send-settings.ts';

export interface TellDeps {
  readonly pinpoint: PinpointControls;
  readonly settings: Pick<SendingSettings, 'ratePerMinute'>;
}

/**
 * Tells the engine what the send's row says of its run: whether it goes on, and how fast. Only what is written is told,
 * so that of two who decide at once the row knows who was last. Answers the send as told. A run that is over or gone is
 * left to the next look.
 */
export async function tell({ pinpoint, settings }: TellDeps, says: Says, send: Send): Promise<Send> {
  const { untold: _, ...told } = send;
  const run = liveRun(send);
  if (!run) return told;
  const rests = send.state !== 'sending';
  const ratePerMinute = rateOf(settings, says, send);
  await pinpoint.steer(run.pinpointCampaignId, {
    rests,
    ...(ratePerMinute === undefined ? {} : { ratePerMinute }),
  });
  return rests ? told : withRun(told, { begun: true });
}
