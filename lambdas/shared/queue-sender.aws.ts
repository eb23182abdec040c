import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inChunks } from './chunks.ts';
import { LEAN } from './lean-client.aws.ts';
import type { QueueSender } from './queue-sender.ts';

/** SQS takes ten messages a call. */
const BATCH = 10;

/** A sender of JSON messages to one queue. */
export function sqsSender<Body>(queueUrl: string, client = new SQSClient(LEAN)): QueueSender<Body> {
  return {
    async send(body, { delaySeconds = 0 } = {}) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(body),
          DelaySeconds: delaySeconds,
        }),
      );
    },
    async sendAll(bodies, { groupId } = {}) {
      for (const batch of inChunks(bodies, BATCH)) {
        const Entries = batch.map((body, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(body),
          ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
        }));
        const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        const failed = answer.Failed?.[0];
        if (failed)
          throw new Error(
            `SQS refused ${answer.Failed?.length} of ${Entries.length} messages: ${failed.Code} ${failed.Message}`,
          );
      }
    },
  };
}
