import type { Message, MessageConfiguration } from '@aws-sdk/client-pinpoint';
import { headerProblems } from '../templates/check-template.ts';
import { MAX_WHOLE, notYetIn, wholeProblems } from './checks.ts';

export const PUSH_PARTS = ['DefaultMessage', 'GCMMessage', 'APNSMessage'] as const;
/** Members that a valid push message may hold but nothing here sends yet. */
const NO_PUSH_MEMBER_YET = ['JsonBody', 'RawContent'] as const;
/** What tapping a push may do, and what an SMS may be for (the Pinpoint model's own lists). */
const ACTIONS = ['OPEN_APP', 'DEEP_LINK', 'URL'];
const MESSAGE_TYPES = ['PROMOTIONAL', 'TRANSACTIONAL'];

const choiceProblems = (member: string, value: string | undefined, allowed: readonly string[]): string[] =>
  value === undefined || allowed.includes(value)
    ? []
    : [`${member} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}`];

const pushProblems = (at: string, message: Message): string[] => [
  ...notYetIn(at, message, NO_PUSH_MEMBER_YET),
  ...wholeProblems(`${at}TimeToLive`, message.TimeToLive, [0, MAX_WHOLE]),
  ...choiceProblems(`${at}Action`, message.Action, ACTIONS),
];

/** What is wrong with members of a message beside its texts: a provider would refuse each message for it, or it would be passed over. */
export function valueProblems(message: MessageConfiguration): string[] {
  const { EmailMessage: email, SMSMessage: sms } = message;
  return [
    ...PUSH_PARTS.flatMap((part) => pushProblems(`MessageConfiguration.${part}.`, message[part] ?? {})),
    ...headerProblems('MessageConfiguration.EmailMessage.Headers', email?.Headers ?? []),
    ...choiceProblems('MessageConfiguration.SMSMessage.MessageType', sms?.MessageType, MESSAGE_TYPES),
  ];
}
