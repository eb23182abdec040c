import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import { anything, flag, list, struct, text } from '../../wire/shape.ts';
import type { FaultOf, Faults } from '../faults.ts';
import type { NewMessage } from '../message.ts';
import type { OutboxStore } from '../store.ts';

/** The most messages a call may hold (docs/kakao-port.md). */
const MAX_MESSAGES = 50;

const request = struct(
  { messages: list(struct({ id: text, to: text, advertising: flag, content: anything }, {})) },
  {},
);

type Result = {
  readonly outcome: string;
  readonly messageId?: string;
  readonly text?: string;
  readonly gone?: true;
};

const REFUSALS: Readonly<Record<FaultOf<'kakao'>, Result>> = {
  throttled: { outcome: 'throttled', text: 'Rate exceeded' },
  transient: { outcome: 'transient', text: 'Not now' },
  permanent: { outcome: 'permanent', text: 'Not allowed' },
  gone: { outcome: 'permanent', text: 'No longer on Kakao', gone: true },
};

/** The first text of a content of any kind: what a list of messages shows. */
function firstText(node: unknown, names: readonly string[]): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  for (const [name, value] of Object.entries(node)) {
    if (names.includes(name) && typeof value === 'string') return value;
    const found = firstText(value, names);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A provider of Kakao messages, by the documented port: each message has an outcome; a repeated id is sent once. */
export function kakaoProvider(store: OutboxStore, faults: Faults) {
  const known = new Map<string, string>();
  return async (body: unknown): Promise<{ readonly results: readonly Result[] }> => {
    const { messages } = request(body, '');
    if (messages.length === 0 || messages.length > MAX_MESSAGES)
      throw new AwsError(
        'BadRequest',
        `1 to ${MAX_MESSAGES} messages are allowed; there are ${messages.length}`,
      );
    const taken: NewMessage[] = [];
    const results = messages.map(({ id, to, advertising, content }): Result => {
      const before = known.get(id);
      if (before !== undefined) return { outcome: 'sent', messageId: before };
      const fault = faults.next('kakao');
      if (fault !== undefined) return REFUSALS[fault];
      const providerMessageId = randomUUID();
      known.set(id, providerMessageId);
      const [activityId, ...endpoint] = id.split(':');
      const title = firstText(content, ['title', 'header']);
      taken.push({
        channel: 'kakao',
        channelType: 'KAKAO',
        to,
        ...(title === undefined ? {} : { title }),
        body: firstText(content, ['text', 'header']) ?? '',
        payload: content,
        context: { advertising: String(advertising) },
        providerMessageId,
        ...(activityId === undefined ? {} : { activityId }),
        ...(endpoint.length === 0 ? {} : { endpointId: endpoint.join(':') }),
      });
      return { outcome: 'sent', messageId: providerMessageId };
    });
    if (taken.length > 0) await store.add(taken);
    return { results };
  };
}
