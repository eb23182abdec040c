import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import { map, number, oneOf, struct, text } from '../../wire/shape.ts';
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

/**
 * SendTextMessage of AWS End User Messaging SMS. A number that replied STOP is refused from then on; one that begins
 * with +1000000429, which nobody has, is throttled the first time.
 */
export function smsProvider(store: OutboxStore, isOptedOut: (phoneNumber: string) => boolean) {
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
    if (isOptedOut(to)) {
      const members = { Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' };
      throw new AwsError('ConflictException', `Destination phone number ${to} is opted out`, 400, members);
    }
    if (to.startsWith('+1000000429') && !throttled.has(to)) {
      throttled.add(to);
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
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
