import type { FauxqsApp } from './fauxqs.ts';

const MESSAGE = ['MessageAttributes', 'DelaySeconds', 'MessageGroupId'];

/**
 * What may be asked. fauxqs ignores what it does not know, and serves S3 and SNS on the same port; here both are
 * refused. MessageGroupId is taken on standard queues, where it only bears on fairness between groups.
 */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['QueueUrl', 'MessageBody', ...MESSAGE],
  SendMessageBatch: ['QueueUrl', 'Entries'],
  ReceiveMessage: [
    'QueueUrl',
    'AttributeNames',
    'MessageSystemAttributeNames',
    'MessageAttributeNames',
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
  ],
  DeleteMessage: ['QueueUrl', 'ReceiptHandle'],
  DeleteMessageBatch: ['QueueUrl', 'Entries'],
  ChangeMessageVisibility: ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'],
  ChangeMessageVisibilityBatch: ['QueueUrl', 'Entries'],
  GetQueueUrl: ['QueueName'],
  GetQueueAttributes: ['QueueUrl', 'AttributeNames'],
  PurgeQueue: ['QueueUrl'],
};
const ENTRY = ['Id', 'MessageBody', ...MESSAGE, 'ReceiptHandle', 'VisibilityTimeout'];

function refusal(target: string, body: unknown): string | undefined {
  const allowed = PARAMETERS[target.replace('AmazonSQS.', '')];
  if (!allowed) return `The local stand-in does not know ${target || 'a call without X-Amz-Target'}`;
  const { Entries = [], ...rest } = body as { Entries?: readonly object[] };
  const unknown =
    Object.keys(rest).find((key) => !allowed.includes(key)) ??
    Entries.flatMap((entry) => Object.keys(entry)).find((key) => !ENTRY.includes(key));
  return unknown && `The local stand-in does not know the parameter ${unknown} of ${target}`;
}

/** Answers operations and parameters that are not in the list with an error. */
export function refuseUnknown(app: FauxqsApp): void {
  app.addHook('preHandler', (request, reply, done) => {
    const message = refusal(String(request.headers['x-amz-target'] ?? ''), request.body ?? {});
    if (message === undefined) return done();
    void reply
      .status(400)
      .header('content-type', 'application/x-amz-json-1.0')
      .send({ __type: 'com.amazonaws.sqs#UnsupportedOperation', message });
  });
}
