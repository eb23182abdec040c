import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import type { FaultOf, Faults } from '../faults.ts';
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
  readonly DeliveryStatus: 'SUCCESSFUL' | 'THROTTLED' | 'TEMPORARY_FAILURE' | 'PERMANENT_FAILURE';
  readonly StatusCode: number;
  readonly StatusMessage: string;
  readonly MessageId?: string;
  readonly UpdatedToken?: string;
}

type Judged = { readonly result: MessageResult; readonly message?: NewMessage };

const refused = (code: number, text: string): Judged => ({
  result: { DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: code, StatusMessage: text },
});
const gone = refused(410, 'Unregistered or expired token');
const throttling: Judged = {
  result: { DeliveryStatus: 'THROTTLED', StatusCode: 429, StatusMessage: 'Quota exceeded' },
};

/** What the provider says in place of taking the message. */
const REFUSALS: Readonly<Record<Exclude<FaultOf<'push'>, 'updatedToken'>, Judged>> = {
  throttled: throttling,
  transient: {
    result: { DeliveryStatus: 'TEMPORARY_FAILURE', StatusCode: 503, StatusMessage: 'Service unavailable' },
  },
  permanent: refused(400, 'Invalid message'),
  gone,
};

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
    },
  };
}

/**
 * SendMessages of AWS End User Messaging push. What a token is called says what becomes of it: `bad-token…` is gone,
 * `throttled-…` is throttled the first time, `old-…` has a newer token; every other one works, unless a fault is ordered.
 */
export function pushProvider(store: OutboxStore, faults: Faults) {
  const throttled = new Set<string>();
  const judge = (
    token: string,
    ...rest: Parameters<typeof taken> extends [string, ...infer R] ? R : never
  ): Judged => {
    if (token.startsWith('bad-token')) return gone;
    if (token.startsWith('throttled-') && !throttled.has(token)) {
      throttled.add(token);
      return throttling;
    }
    const fault = faults.next('push');
    if (fault !== undefined && fault !== 'updatedToken') return REFUSALS[fault];
    const { result, message } = taken(token, ...rest);
    const isOld = fault === 'updatedToken' || token.startsWith('old-');
    if (!message || !isOld) return { result, ...(message && { message }) };
    return { message, result: { ...result, UpdatedToken: `new-${token.replace(/^old-/, '')}` } };
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
