import { createHash } from 'node:crypto';
import type { PinpointCampaigns } from './ports.ts';
import { type RunSettings, runRequest } from './run-request.ts';
import type { Run, RunPart, Says, Send } from './send.ts';

export interface RunDeps {
  readonly pinpoint: PinpointCampaigns;
  readonly settings: RunSettings;
}

/**
 * The send with its next run, which the engine has but was not told to begin. Only the run that is written down ever
 * begins: one that was made for a send that somebody else wrote meanwhile rests for ever.
 */
export async function newRun({ pinpoint, settings }: RunDeps, says: Says, send: Send): Promise<Send> {
  const part = nextPart(says, send);
  const request = runRequest(settings, says, send, part);
  // Made again under other settings (a deployment in between) it is another campaign, not a refused one.
  const print = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 12);
  const pinpointCampaignId = await pinpoint.createCampaign(`${send.id}-${part}-${print}`, request);
  const run: Run = { part, pinpointCampaignId };
  return { ...send, runs: [...send.runs, run], untold: true };
}

function nextPart({ variants, winner }: Says, send: Send): RunPart {
  if (send.runs.length > 0) return 'rest';
  if (variants.length < 2) return 'whole';
  if (send.winner) return 'chosen';
  return winner ? 'test' : 'whole';
}
