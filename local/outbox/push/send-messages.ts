import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import { type NewMessage, originOfPush } from '../message.ts';
import type { OutboxStore } from '../store.ts';
import { payloadOf } from './payload.ts';
import { onPhone } from './phone.ts';
import {
  type AddressConfiguration,
  type DirectMessageConfiguration,
  sendMessagesRequest,
} from './request.ts';

const MAX_ADDRESSES = 100;

interface MessageResult {
  readonly DeliveryStatus: 'SUCCESSFUL' | 'THROTTLED' | 'PERMANENT_FAILURE';
  readonly StatusCode: number;
  readonly StatusMessage: string;
  readonly MessageId?: string;
  readonly UpdatedToken?: string;
}

type Judged = { readonly result: MessageResult; readonly message?: NewMessage };

const refused = (code: number, text: string): Judged => ({
  result: { DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: code, StatusMessage: text },
});

function taken(
  token: string,
  address: AddressConfiguration,
  configuration: DirectMessageConfiguration,
  applicationId: string,
): Judged {
  const phone = onPhone(address.ChannelType, payloadOf(configuration, address));
  if ('refused' in phone) return refused(400, phone.refused);
  const providerMessageId = randomUUID().replaceAll('-', '');
  const { payload, ...texts } = phone;
  const updated = token.startsWith('old-') ? { UpdatedToken: `new-${token.slice(4)}` } : {};
  return {
    message: {
      channel: 'push',
      channelType: address.ChannelType,
      to: token,
      ...texts,
      payload,
      context: address.Context ?? {},
      providerMessageId,
      applicationId,
      ...originOfPush(phone.data),
    },
    result: {
      DeliveryStatus: 'SUCCESSFUL',
      StatusCode: 200,
      StatusMessage: `{"messageId":"${providerMessageId}"}`,
      MessageId: providerMessageId,
      ...updated,
    },
  };
}

/**
 * SendMessages of AWS End User Messaging push. What a token is called says what becomes of it: `bad-token…` is gone,
 * `throttled-…` is throttled the first time, `old-…` has a newer token; every other one works.
 */
export function pushProvider(store: OutboxStore) {
  const throttled = new Set<string>();
  const judge = (
    token: string,
    ...rest: Parameters<typeof taken> extends [string, ...infer R] ? R : never
  ): Judged => {
    if (token.startsWith('bad-token')) return refused(410, 'Unregistered or expired token');
    if (token.startsWith('throttled-') && !throttled.has(token)) {
      throttled.add(token);
      return { result: { DeliveryStatus: 'THROTTLED', StatusCode: 429, StatusMessage: 'Quota exceeded' } };
    }
    return taken(token, ...rest);
  };
  return async (applicationId: string, body: unknown): Promise<unknown> => {
    const { Addresses, MessageConfiguration } = sendMessagesRequest(body, '');
    const entries = Object.entries(Addresses);
    if (entries.length === 0 || entries.length > MAX_ADDRESSES)
      throw new AwsError(
        'BadRequestException',
        `${entries.length} addresses; 1 to ${MAX_ADDRESSES} are allowed`,
      );
    const judged = entries.map(
      ([token, address]) => [token, judge(token, address, MessageConfiguration, applicationId)] as const,
    );
    await store.add(judged.flatMap(([, { message }]) => (message ? [message] : [])));
    return {
      ApplicationId: applicationId,
      RequestId: randomUUID(),
      Result: Object.fromEntries(judged.map(([token, { result }]) => [token, result])),
    };
  };
}
