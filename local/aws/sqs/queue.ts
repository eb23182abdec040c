import { anything, list, number, type Shape, struct, text } from '../../wire/shape.ts';

const ACCOUNT = '000000000000';
const REGION = 'ap-northeast-2';

const queueProperties = struct(
  { QueueName: text },
  {
    VisibilityTimeout: number,
    DelaySeconds: number,
    MessageRetentionPeriod: number,
    MaximumMessageSize: number,
    ReceiveMessageWaitTimeSeconds: number,
    RedrivePolicy: struct({ deadLetterTargetArn: text, maxReceiveCount: number }, {}),
    // Encryption, permission and tags have no meaning on one machine.
    RedriveAllowPolicy: anything,
    SqsManagedSseEnabled: anything,
    KmsMasterKeyId: anything,
    KmsDataKeyReusePeriodSeconds: anything,
    Tags: list(anything),
  },
);

type Unwrapped<S> = S extends Shape<infer T> ? T : never;
type QueueProperties = Unwrapped<typeof queueProperties>;

const ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MessageRetentionPeriod',
  'MaximumMessageSize',
  'ReceiveMessageWaitTimeSeconds',
] as const;

/** Resolved properties of an AWS::SQS::Queue; FIFO queues are refused, we have none. */
export const queueOf = (properties: unknown): QueueProperties => queueProperties(properties, '');

export const queueArn = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

/** The name at the end of a queue's ARN or URL; a plain name stays as it is. */
export const queueName = (reference: string): string => reference.split(/[:/]/).at(-1) ?? reference;

export const queueUrl = (port: number, name: string): string => `http://127.0.0.1:${port}/${ACCOUNT}/${name}`;

/** The queue's attributes as SQS tells them: strings all. */
export function attributesOf(queue: QueueProperties): Record<string, string> {
  const plain = ATTRIBUTES.flatMap((name) => {
    const value = queue[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const redrive = queue.RedrivePolicy && { RedrivePolicy: JSON.stringify(queue.RedrivePolicy) };
  return { ...Object.fromEntries(plain), ...redrive };
}
