import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { badRequest } from '../protocol/errors.ts';
import { hookProblems } from './check-hook.ts';
import { limitProblems, rateProblems } from './check-limits.ts';
import { messageProblems } from './check-message.ts';
import { scheduleProblems } from './check-schedule.ts';
import { treatmentProblems } from './check-treatments.ts';
import { MAX_WHOLE, notYetIn, wholeProblems } from './checks.ts';
import { splitProblems } from './split-tag.ts';

/** A campaign is one row, and DynamoDB's rows end at 400 KB; the rest is for what the engine keeps beside the request. */
const MAX_BYTES = 350 * 1024;

/** Everything wrong with a campaign at `now` (epoch milliseconds), each problem naming the member by its path; empty when it can be sent. */
export function campaignProblems(request: WriteCampaignRequest, now: number): string[] {
  return [
    ...(request.Name ? [] : ['Name is missing']),
    ...(request.SegmentId ? [] : ['SegmentId is missing']),
    ...wholeProblems('SegmentVersion', request.SegmentVersion, [1, MAX_WHOLE]),
    ...scheduleProblems(request.Schedule, now),
    ...treatmentProblems(request),
    ...splitProblems(request),
    ...notYetIn('', request, ['TemplateConfiguration', 'Priority']),
    ...limitProblems(request.Limits),
    ...rateProblems(request),
    ...hookProblems('Hook', request.Hook),
    ...messageProblems(request.MessageConfiguration, request.CustomDeliveryConfiguration),
    ...sizeProblems(request),
  ];
}

function sizeProblems(request: WriteCampaignRequest): string[] {
  const bytes = new TextEncoder().encode(JSON.stringify(request)).length;
  return bytes > MAX_BYTES ? [`The campaign has ${bytes} bytes; at most ${MAX_BYTES} are allowed`] : [];
}

/** Throws BadRequestException that tells every problem at once. */
export function checkCampaign(request: WriteCampaignRequest, now: number): void {
  const problems = campaignProblems(request, now);
  if (problems.length > 0) throw badRequest(problems.join('; '));
}

/** Epoch milliseconds of the start; `now` for IMMEDIATE. The schedule was checked before. */
export const startOf = (request: WriteCampaignRequest, now: number): number =>
  request.Schedule?.StartTime === 'IMMEDIATE' ? now : Date.parse(request.Schedule?.StartTime ?? '');
