import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sqs, startSqs } from '../../../local/aws/sqs/index.ts';

const DLQ = 'repoint-local-slices-dlq';
const QUEUE = 'repoint-local-slices';
const queues = [
  { QueueName: DLQ, MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
  {
    QueueName: QUEUE,
    VisibilityTimeout: 60,
    RedrivePolicy: {
      deadLetterTargetArn: `arn:aws:sqs:ap-northeast-2:000000000000:${DLQ}`,
      maxReceiveCount: 2,
    },
    Tags: [{ Key: 'stage', Value: 'local' }],
  },
];

let sqs: Sqs;
let client: SQSClient;
beforeEach(async () => {
  sqs = await startSqs({ queues });
  client = new SQSClient({
    endpoint: sqs.url,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterEach(async () => {
  client.destroy();
  await sqs.close();
});
const url = (): string => sqs.queueUrls[QUEUE] ?? '';

describe('the local SQS', () => {
  test('queue URLs lead to 127.0.0.1 and the client works with them', async () => {
    expect(new URL(url()).hostname).toBe('127.0.0.1');
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url(),
        Entries: ['a', 'b', 'c'].map((body) => ({
          Id: body,
          MessageBody: body,
          MessageGroupId: 'campaign-1',
        })),
      }),
    );
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url(),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
    expect(Messages[0]?.Attributes?.ApproximateReceiveCount).toBe('1');
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url(),
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    expect(sqs.counts(QUEUE)).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
  });

  test('a message that is not deleted comes back after its visibility timeout, then goes to the dead-letter queue', async () => {
    sqs.send(QUEUE, 'poison');
    expect(await sqs.receive(QUEUE)).toHaveLength(1);
    sqs.advance(59_000);
    expect(await sqs.receive(QUEUE)).toHaveLength(0);
    sqs.advance(1_000);
    expect((await sqs.receive(QUEUE))[0]?.attributes.ApproximateReceiveCount).toBe('2');
    sqs.advance(60_000);
    expect(await sqs.receive(QUEUE)).toHaveLength(0);
    expect((await sqs.receive(DLQ))[0]?.body).toBe('poison');
  });

  test('a delayed message is held for its delay of the local clock', async () => {
    await client.send(new SendMessageCommand({ QueueUrl: url(), MessageBody: 'later', DelaySeconds: 30 }));
    expect(await sqs.receive(QUEUE)).toHaveLength(0);
    sqs.advance(30_000);
    expect((await sqs.receive(QUEUE))[0]?.body).toBe('later');
  });

  test('an event source waits for a message and is woken by it', async () => {
    const waiting = sqs.receive(QUEUE, 10, 5_000);
    await client.send(new SendMessageCommand({ QueueUrl: url(), MessageBody: 'now' }));
    const [message] = await waiting;
    expect(message?.body).toBe('now');
    sqs.delete(QUEUE, [message?.receiptHandle ?? '']);
    sqs.advance(3_600_000);
    expect(await sqs.receive(QUEUE)).toHaveLength(0);
  });

  test('a message handed back is visible after the delay that was asked', async () => {
    sqs.send(QUEUE, 'slice');
    const [message] = await sqs.receive(QUEUE);
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url(),
        ReceiptHandle: message?.receiptHandle,
        VisibilityTimeout: 5,
      }),
    );
    sqs.advance(5_000);
    expect(await sqs.receive(QUEUE)).toHaveLength(1);
  });

  test('attributes are those of the template', async () => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url(), AttributeNames: ['All'] }),
    );
    expect(Attributes?.VisibilityTimeout).toBe('60');
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual(queues[1]?.RedrivePolicy);
  });

  test('what it does not know is refused', async () => {
    await expect(client.send(new ListQueuesCommand({}))).rejects.toThrow(
      /does not know AmazonSQS.ListQueues/,
    );
    await expect(
      client.send(
        new SendMessageCommand({
          QueueUrl: url(),
          MessageBody: 'x',
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
        }),
      ),
    ).rejects.toThrow(/MessageSystemAttributes/);
    await expect(startSqs({ queues: [{ QueueName: 'x.fifo', FifoQueue: true }] })).rejects.toThrow(
      /FifoQueue/,
    );
  });
});
