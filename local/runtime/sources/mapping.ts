import { isObject, type JsonObject, type ResolvedResource } from '../template/template.ts';

/** The parts of an `AWS::Lambda::EventSourceMapping` that every source has. */
export interface Mapping {
  readonly name: string;
  readonly functionName: string;
  /** ARN of the queue or stream. */
  readonly sourceArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
}

export interface QueueMapping extends Mapping {
  readonly kind: 'queue';
  /** Batches worked on at once. */
  readonly concurrency: number;
}

export interface StreamMapping extends Mapping {
  readonly kind: 'stream';
  readonly startsAt: 'TRIM_HORIZON' | 'LATEST';
  readonly bisects: boolean;
  /** Undefined: until the records expire. */
  readonly maxRetries: number | undefined;
  readonly maxAgeMs: number | undefined;
  /** ARN of the queue that learns of batches given up. */
  readonly onFailureArn: string | undefined;
}

const COMMON = [
  'EventSourceArn',
  'FunctionName',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'Enabled',
  'Tags',
];
const OF_QUEUES = [...COMMON, 'ScalingConfig'];
const OF_STREAMS = [
  ...COMMON,
  'StartingPosition',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
  // More invocations per shard, in order per key: one at a time keeps the same promise.
  'ParallelizationFactor',
];

/** Lambda's defaults: batches of 10 messages or 100 records; an SQS source begins with five pollers. */
const QUEUE_BATCH = 10;
const STREAM_BATCH = 100;
const QUEUE_POLLERS = 5;

/** Reads a mapping's resolved properties; undefined when it is disabled. Throws on what is not known here. */
export function mappingOf({
  stack,
  logicalId,
  properties,
}: ResolvedResource): QueueMapping | StreamMapping | undefined {
  const where = `${stack} / ${logicalId}`;
  const sourceArn = String(properties['EventSourceArn']);
  const service = sourceArn.split(':')[2];
  if (service !== 'sqs' && service !== 'kinesis')
    throw new Error(`${where}: an event source like ${sourceArn} is not known`);
  const known = service === 'sqs' ? OF_QUEUES : OF_STREAMS;
  const unknown = Object.keys(properties).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} is not known`);
  if (properties['Enabled'] === false) return undefined;
  const mapping: Mapping = {
    name: `${stack}-${logicalId}`,
    functionName: String(properties['FunctionName']),
    sourceArn,
    batchSize: Number(properties['BatchSize'] ?? (service === 'sqs' ? QUEUE_BATCH : STREAM_BATCH)),
    windowMs: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0) * 1000,
    reportsItemFailures: responseTypes(properties, where).includes('ReportBatchItemFailures'),
  };
  return service === 'sqs' ? ofQueue(mapping, properties) : ofStream(mapping, properties, where);
}

function responseTypes(properties: JsonObject, where: string): string[] {
  const types = [properties['FunctionResponseTypes'] ?? []].flat().map(String);
  const unknown = types.filter((type) => type !== 'ReportBatchItemFailures');
  if (unknown.length > 0)
    throw new Error(`${where}: FunctionResponseTypes ${unknown.join(', ')} is not known`);
  return types;
}

function ofQueue(mapping: Mapping, properties: JsonObject): QueueMapping {
  const scaling = properties['ScalingConfig'];
  const maximum = isObject(scaling) ? scaling['MaximumConcurrency'] : undefined;
  return { ...mapping, kind: 'queue', concurrency: Number(maximum ?? QUEUE_POLLERS) };
}

function ofStream(mapping: Mapping, properties: JsonObject, where: string): StreamMapping {
  const startsAt = properties['StartingPosition'];
  if (startsAt !== 'TRIM_HORIZON' && startsAt !== 'LATEST')
    throw new Error(`${where}: StartingPosition ${String(startsAt)} is not known`);
  const destination = properties['DestinationConfig'];
  const onFailure = isObject(destination) ? destination['OnFailure'] : undefined;
  const onFailureArn = isObject(onFailure) ? String(onFailure['Destination']) : undefined;
  if (onFailureArn !== undefined && onFailureArn.split(':')[2] !== 'sqs')
    throw new Error(`${where}: an on-failure destination like ${onFailureArn} is not known`);
  return {
    ...mapping,
    kind: 'stream',
    startsAt,
    bisects: properties['BisectBatchOnFunctionError'] === true,
    maxRetries: limit(properties['MaximumRetryAttempts']),
    maxAgeMs: limit(properties['MaximumRecordAgeInSeconds'], 1000),
    onFailureArn,
  };
}

/** -1, the default, means no limit. */
function limit(value: JsonObject[string] | undefined, factor = 1): number | undefined {
  const number = Number(value ?? -1);
  return number < 0 ? undefined : number * factor;
}
