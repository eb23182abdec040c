import type { MessageConfiguration, WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import type { MessagePart } from '../channels/channel.ts';
import { partsOf } from '../channels/registry.ts';
import { compileTemplate, TemplateError } from '../delivery/template.ts';
import { badRequest } from '../protocol/errors.ts';

/** A campaign may come a little late: clocks differ, and a request takes time. */
const PAST_TOLERANCE_MS = 60_000;
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const FREQUENCIES = ['ONCE'];
/** Members of MessageConfiguration and of a push message that valid requests may hold but nothing here sends yet. */
const NO_CHANNEL_YET = ['ADMMessage', 'BaiduMessage', 'CustomMessage', 'InAppMessage'] as const;
const NO_PUSH_MEMBER_YET = ['JsonBody', 'RawContent'] as const;
/** Members of the request that change what is sent, to whom or when, and are not there yet: refused, never ignored. */
const NOT_YET = ['CustomDeliveryConfiguration', 'Hook', 'TemplateConfiguration', 'Priority'] as const;

const notYet = (member: string, more = ''): string => `${member} is not there yet${more}`;

/** Everything wrong with a campaign, each problem naming the member by its path; empty when it can be sent. */
export function campaignProblems(request: WriteCampaignRequest, now: number): string[] {
  return [
    ...(request.Name ? [] : ['Name is missing']),
    ...(request.SegmentId ? [] : ['SegmentId is missing']),
    ...(request.Schedule ? scheduleProblems(request.Schedule, now) : ['Schedule is missing']),
    ...shareProblems(request),
    ...NOT_YET.filter((member) => request[member] !== undefined).map((member) => notYet(member)),
    ...limitProblems(request.Limits),
    ...(request.IsPaused ? [notYet('IsPaused: true')] : []),
    ...messageProblems(request.MessageConfiguration),
  ];
}

/** Throws BadRequestException that tells every problem at once. */
export function checkCampaign(request: WriteCampaignRequest, now: number): void {
  const problems = campaignProblems(request, now);
  if (problems.length > 0) throw badRequest(problems.join('; '));
}

/** Epoch milliseconds of the start; `now` for IMMEDIATE. The schedule was checked before. */
export const startOf = (request: WriteCampaignRequest, now: number): number =>
  request.Schedule?.StartTime === 'IMMEDIATE' ? now : Date.parse(request.Schedule?.StartTime ?? '');

function scheduleProblems(schedule: NonNullable<WriteCampaignRequest['Schedule']>, now: number): string[] {
  const problems = startProblems(schedule.StartTime, now);
  const { Frequency: frequency = 'ONCE' } = schedule;
  if (!FREQUENCIES.includes(frequency))
    problems.push(notYet(`Schedule.Frequency ${frequency}`, `; there is: ${FREQUENCIES.join(', ')}`));
  if (schedule.IsLocalTime) problems.push(notYet('Schedule.IsLocalTime: true'));
  if (schedule.Timezone !== undefined && schedule.Timezone !== 'UTC')
    problems.push(notYet(`Schedule.Timezone ${schedule.Timezone}`, '; give StartTime with its offset'));
  for (const member of ['QuietTime', 'EventFilter', 'EndTime'] as const)
    if (schedule[member] !== undefined) problems.push(notYet(`Schedule.${member}`));
  return problems;
}

function startProblems(start: string | undefined, now: number): string[] {
  if (start === 'IMMEDIATE') return [];
  const at = ISO_INSTANT.test(start ?? '') ? Date.parse(start ?? '') : Number.NaN;
  if (Number.isNaN(at))
    return [`Schedule.StartTime is ${start}; allowed: IMMEDIATE, or ISO 8601 as 2026-11-01T09:00:00Z`];
  return at < now - PAST_TOLERANCE_MS ? [`Schedule.StartTime ${start} is in the past`] : [];
}

function shareProblems({
  HoldoutPercent: holdout = 0,
  AdditionalTreatments: treatments = [],
}: WriteCampaignRequest) {
  const problems: string[] = [];
  if (holdout < 0 || holdout > 100) problems.push(`HoldoutPercent is ${holdout}; allowed: 0 to 100`);
  const sizes = treatments.map(({ SizePercent }) => SizePercent ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, holdout);
  if (total > 100)
    problems.push(`HoldoutPercent and SizePercent add up to ${total}; at most 100 are allowed`);
  if (treatments.length > 0) problems.push(notYet('AdditionalTreatments'));
  return problems;
}

function limitProblems(limits: WriteCampaignRequest['Limits']): string[] {
  return Object.entries(limits ?? {})
    .filter(([, value]) => value !== undefined && value !== 0)
    .map(([name]) => notYet(`Limits.${name}`));
}

function messageProblems(message: MessageConfiguration | undefined): string[] {
  if (!message) return ['MessageConfiguration is missing'];
  const problems: string[] = NO_CHANNEL_YET.filter((member) => message[member] !== undefined).map((member) =>
    notYet(`MessageConfiguration.${member}`),
  );
  for (const part of ['DefaultMessage', 'GCMMessage', 'APNSMessage'] as const)
    for (const member of NO_PUSH_MEMBER_YET)
      if (message[part]?.[member] !== undefined)
        problems.push(notYet(`MessageConfiguration.${part}.${member}`));
  const parts = partsOf(message);
  if (parts.size === 0 && problems.length === 0)
    problems.push(
      'MessageConfiguration has no message; allowed: DefaultMessage, GCMMessage, APNSMessage, EmailMessage, SMSMessage',
    );
  return [...new Set([...problems, ...[...parts.values()].flatMap(partProblems)])];
}

/** At least one text that is not empty, and every text a template that can be used. */
function partProblems({ templates }: MessagePart): string[] {
  const texts = Object.values(templates);
  const problems = texts.flatMap(({ member, text, html }) => {
    try {
      compileTemplate(text, { html: html === true });
      return [];
    } catch (error) {
      if (error instanceof TemplateError) return [`${member}: ${error.message}`];
      throw error;
    }
  });
  const said = Object.entries(templates).some(
    ([name, { text }]) => ['title', 'body', 'text', 'html'].includes(name) && text.trim() !== '',
  );
  if (!said) problems.push(`${texts[0]?.member ?? 'MessageConfiguration'} is empty: a message needs a text`);
  return problems;
}
