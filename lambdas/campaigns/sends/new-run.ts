import { createHash } from 'node:crypto';
import type { PinpointCampaigns } from './ports.ts';
import { runRequest } from './run-request.ts';
import { type Saying, withTemplates } from './said.ts';
import type { Run, RunPart, Says, Send } from './send.ts';
import type { SendingSettings } from './send-settings.ts';

export interface RunDeps {
  readonly pinpoint: PinpointCampaigns;
  readonly settings: SendingSettings;
  readonly saying: Saying;
}

/**
 * The send with its next run, which the engine has but was not told to begin. Only the run that is written down ever
 * begins: one that was made for a send that somebody else wrote meanwhile rests for ever.
 */
export async function newRun({ pinpoint, settings, saying }: RunDeps, says: Says, send: Send): Promise<Send> {
  const part = nextPart(says, send);
  // The rest of a test gets what was tested, whatever became of the templates since.
  const templates = send.templates ?? (await saying.templatesOf(says));
  const said = await saying.said(withTemplates(says, templates), send.campaignId);
  const request = runRequest(settings, said, send, part);
  // Made again under other settings (a deployment in between) it is another campaign, not a refused one.
  const print = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 12);
  const pinpointCampaignId = await pinpoint.createCampaign(`${send.id}-${part}-${print}`, request);
  const run: Run = { part, pinpointCampaignId };
  return { ...send, templates, runs: [...send.runs, run], untold: true };
}

function nextPart({ variants, winner }: Says, send: Send): RunPart {
  if (send.runs.length > 0) return 'rest';
  if (variants.length < 2) return 'whole';
  if (send.winner) return 'chosen';
  return winner ? 'test' : 'whole';
}
