import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import { map, number, oneOf, struct, text } from '../../wire/shape.ts';
import type { FaultOf, Faults } from '../faults.ts';
import { originOfContext } from '../message.ts';
import type { OutboxStore } from '../store.ts';

const MAX_BODY = 1600;
const MAX_CONTEXT = 5;

const sendTextMessageRequest = struct(
  { DestinationPhoneNumber: text, MessageBody: text },
  {
    OriginationIdentity: text,
    MessageType: oneOf('TRANSACTIONAL', 'PROMOTIONAL'),
    ConfigurationSetName: text,
    Context: map(text),
    TimeToLive: number,
    MaxPrice: text,
    DestinationCountryParameters: map(text),
  },
);

const wrong = (name: string, message: string): AwsError =>
  new AwsError('ValidationException', message, 400, {
    Reason: 'INVALID_PARAMETER',
    Fields: [{ Name: name, Message: message }],
  });

const optedOut = (to: string): AwsError =>
  new AwsError('ConflictException', `Destination phone number ${to} is opted out`, 400, {
    Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT',
  });
const throttling = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded');

/** What the provider answers in place of taking the message. */
const REFUSALS: Readonly<Record<FaultOf<'sms'>, (to: string) => AwsError>> = {
  throttled: throttling,
  permanent: (to) =>
    new AwsError('ConflictException', `The country of ${to} is blocked`, 400, {
      Reason: 'DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION',
    }),
  gone: optedOut,
};

/**
 * SendTextMessage of AWS End User Messaging SMS. A number that replied STOP is refused from then on; one that begins
 * with +1000000429, which nobody has, is throttled the first time; others as faults are ordered.
 */
export function smsProvider(
  store: OutboxStore,
  faults: Faults,
  isOptedOut: (phoneNumber: string) => boolean,
) {
  const throttled = new Set<string>();
  return async (body: unknown): Promise<unknown> => {
    const request = sendTextMessageRequest(body, '');
    const to = request.DestinationPhoneNumber;
    if (!/^\+[1-9]\d{6,14}$/.test(to))
      throw wrong('DestinationPhoneNumber', `${to} is not a phone number in E.164 form`);
    if (request.MessageBody === '' || request.MessageBody.length > MAX_BODY)
      throw wrong(
        'MessageBody',
        `MessageBody has ${request.MessageBody.length} characters; 1 to ${MAX_BODY} are allowed`,
      );
    const context = request.Context ?? {};
    if (Object.keys(context).length > MAX_CONTEXT)
      throw wrong('Context', `Context has more than ${MAX_CONTEXT} entries`);
    if (isOptedOut(to)) throw optedOut(to);
    if (to.startsWith('+1000000429') && !throttled.has(to)) {
      throttled.add(to);
      throw throttling();
    }
    const fault = faults.next('sms');
    if (fault !== undefined) throw REFUSALS[fault](to);
    const MessageId = randomUUID();
    await store.add([
      {
        channel: 'sms',
        channelType: 'SMS',
        to,
        ...(request.OriginationIdentity !== undefined && { from: request.OriginationIdentity }),
        body: request.MessageBody,
        context,
        providerMessageId: MessageId,
        ...(request.ConfigurationSetName !== undefined && { configurationSet: request.ConfigurationSetName }),
        messageType: request.MessageType ?? 'TRANSACTIONAL',
        ...originOfContext(context),
      },
    ]);
    return { MessageId };
  };
}
