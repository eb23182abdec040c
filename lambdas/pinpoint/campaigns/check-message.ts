import type {
  CustomDeliveryConfiguration,
  MessageConfiguration,
  WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { compileTemplate, TemplateError } from '../../shared/rendering/template.ts';
import { bytesOf } from '../../shared/utf8.ts';
import type { MessagePart } from '../channels/channel.ts';
import { webhookProblem } from '../channels/custom.ts';
import { saidBy } from '../channels/registry.ts';
import { CHANNELS } from '../endpoints/check-endpoint.ts';
import type { Filled } from '../templates/fill-in.ts';
import { FUNCTION_FORM, namesFunction } from './check-hook.ts';
import { PUSH_PARTS, valueProblems } from './check-values.ts';
import { notYetIn } from './checks.ts';
import { MAX_TREATMENTS } from './treatments.ts';

/** Members that valid messages may hold but nothing here sends yet. */
const NO_CHANNEL_YET = ['ADMMessage', 'BaiduMessage', 'InAppMessage'] as const;
const OWN_CHANNELS = [...PUSH_PARTS, 'EmailMessage', 'SMSMessage'] as const;
/** What a custom channel is handed at most (pinpoint.md §2.5). */
const MAX_DATA_BYTES = 5 * 1024;

/** What is wrong with what a request's treatments say, each together with its templates. */
export function sayingProblems(request: WriteCampaignRequest, filled: Filled): string[] {
  const treatments = [request, ...(request.AdditionalTreatments ?? [])];
  return filled.slice(0, MAX_TREATMENTS).flatMap(({ message, problems }, index) => {
    // Without its templates nobody knows what it says.
    if (problems.length > 0) return problems;
    const at = index === 0 ? '' : `AdditionalTreatments[${index - 1}].`;
    return messageProblems(message, treatments[index]?.CustomDeliveryConfiguration).map((each) => at + each);
  });
}

/** What is wrong with one treatment's message and where it goes; each problem begins with the member's path. */
function messageProblems(
  message: MessageConfiguration | undefined,
  custom: CustomDeliveryConfiguration | undefined,
): string[] {
  if (!message) return ['MessageConfiguration is missing', ...(custom ? deliveryProblems(custom) : [])];
  const problems = [
    ...notYetIn('MessageConfiguration.', message, NO_CHANNEL_YET),
    ...(custom ? customProblems(message, custom) : ownChannelProblems(message)),
  ];
  return [...new Set(problems)];
}

function customProblems(message: MessageConfiguration, custom: CustomDeliveryConfiguration): string[] {
  const unused = OWN_CHANNELS.filter((member) => message[member] !== undefined);
  return [
    ...deliveryProblems(custom),
    ...dataProblems(message.CustomMessage?.Data),
    ...unused.map(
      (member) =>
        `MessageConfiguration.${member} would not be sent: with CustomDeliveryConfiguration only CustomMessage is`,
    ),
  ];
}

function dataProblems(data: string | undefined): string[] {
  const member = 'MessageConfiguration.CustomMessage.Data';
  if (!data) return [`${member} is missing: CustomDeliveryConfiguration delivers it`];
  const bytes = bytesOf(data);
  return bytes > MAX_DATA_BYTES
    ? [`${member} has ${bytes} bytes; at most ${MAX_DATA_BYTES} are allowed`]
    : [];
}

function deliveryProblems({ DeliveryUri: uri, EndpointTypes: types }: CustomDeliveryConfiguration): string[] {
  const known: readonly string[] = CHANNELS;
  const at = 'CustomDeliveryConfiguration.EndpointTypes';
  const problems = uriProblems(uri);
  if (types?.length === 0) problems.push(`${at} is empty; allowed: ${known.join(', ')}`);
  for (const [index, type] of (types ?? []).entries())
    if (!known.includes(type)) problems.push(`${at}[${index}] is ${type}; allowed: ${known.join(', ')}`);
  return problems;
}

function uriProblems(uri: string | undefined): string[] {
  const member = 'CustomDeliveryConfiguration.DeliveryUri';
  if (!uri) return [`${member} is missing; allowed: ${FUNCTION_FORM}, or an https URL`];
  if (namesFunction(uri)) return [];
  const problem = uri.includes('://') ? webhookProblem(uri) : `${JSON.stringify(uri)} is neither`;
  return problem === undefined ? [] : [`${member}: ${problem}; allowed: ${FUNCTION_FORM}, or an https URL`];
}

function ownChannelProblems(message: MessageConfiguration): string[] {
  const problems = valueProblems(message);
  if (message.CustomMessage !== undefined)
    problems.push('MessageConfiguration.CustomMessage needs a CustomDeliveryConfiguration, which is missing');
  const said = [...saidBy({ message }).values()];
  const isEmpty = [...OWN_CHANNELS, 'CustomMessage' as const, ...NO_CHANNEL_YET].every(
    (member) => message[member] === undefined,
  );
  if (isEmpty)
    problems.push(
      `MessageConfiguration has no message; allowed: ${OWN_CHANNELS.join(', ')}, or CustomMessage with CustomDeliveryConfiguration`,
    );
  return [...problems, ...said.flatMap(({ part }) => partProblems(part))];
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
