import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { bytesOf } from '../../shared/utf8.ts';
import { badRequest } from '../protocol/errors.ts';
import { type Filled, untemplated } from '../templates/fill-in.ts';
import { hookProblems } from './check-hook.ts';
import { limitProblems, rateProblems } from './check-limits.ts';
import { sayingProblems } from './check-message.ts';
import { scheduleProblems } from './check-schedule.ts';
import { treatmentProblems } from './check-treatments.ts';
import { MAX_WHOLE, notYetIn, wholeProblems } from './checks.ts';
import { splitProblems } from './split-tag.ts';

/** A campaign is one row, and DynamoDB's rows end at 400 KB; the rest is for what the engine keeps beside the request. */
const MAX_BYTES = 350 * 1024;

/**
 * Everything wrong with a campaign at `now` (epoch milliseconds), each problem naming the member by its path; empty when it
 * can be sent. `filled`: what its treatments say together with their templates.
 */
export function campaignProblems(
  request: WriteCampaignRequest,
  now: number,
  filled: Filled = untemplated(request),
): string[] {
  return [
    ...(request.Name ? [] : ['Name is missing']),
    ...(request.SegmentId ? [] : ['SegmentId is missing']),
    ...wholeProblems('SegmentVersion', request.SegmentVersion, [1, MAX_WHOLE]),
    ...scheduleProblems(request.Schedule, now),
    ...treatmentProblems(request),
    ...splitProblems(request),
    ...notYetIn('', request, ['Priority']),
    ...limitProblems(request.Limits),
    ...rateProblems(request),
    ...hookProblems('Hook', request.Hook),
    ...sayingProblems(request, filled),
    ...sizeProblems(request),
  ];
}

function sizeProblems(request: WriteCampaignRequest): string[] {
  const bytes = bytesOf(JSON.stringify(request));
  return bytes > MAX_BYTES ? [`The campaign has ${bytes} bytes; at most ${MAX_BYTES} are allowed`] : [];
}

/** Throws BadRequestException that tells every problem at once. */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw badRequest(problems.join('; '));
}

export const checkCampaign = (request: WriteCampaignRequest, now: number, filled?: Filled): void =>
  refuse(campaignProblems(request, now, filled));

/** The same for what may change while a campaign runs: its messages stay as they are. */
export const checkSteering = (request: WriteCampaignRequest): void =>
  refuse([...limitProblems(request.Limits), ...rateProblems(request)]);

/** Epoch milliseconds of the start; `now` for IMMEDIATE. The schedule was checked before. */
export const startOf = (request: WriteCampaignRequest, now: number): number =>
  request.Schedule?.StartTime === 'IMMEDIATE' ? now : Date.parse(request.Schedule?.StartTime ?? '');
