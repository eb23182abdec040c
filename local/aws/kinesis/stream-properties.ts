/** Resolved properties of an AWS::Kinesis::Stream: plain JSON after intrinsics are resolved. */
export type StreamProperties = Readonly<Record<string, unknown>>;

export interface StreamShape {
  readonly name: string;
  readonly mode: 'PROVISIONED' | 'ON_DEMAND';
  readonly shardCount: number;
  readonly retentionHours: number;
}

const KNOWN = new Set([
  'Name',
  'ShardCount',
  'StreamModeDetails',
  'RetentionPeriodHours',
  'StreamEncryption',
  'Tags',
]);

/** A new on-demand stream begins with four shards. */
const ON_DEMAND_SHARDS = 4;

/** What the local Kinesis needs of a stream's properties; throws on one it does not know. */
export function streamShape(properties: StreamProperties): StreamShape {
  const name = properties['Name'];
  if (typeof name !== 'string') throw new Error('AWS::Kinesis::Stream: Name must be a resolved string');
  const unknown = Object.keys(properties).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0)
    throw new Error(`Stream ${name}: the local Kinesis does not know ${unknown.join(', ')}`);
  const mode = (properties['StreamModeDetails'] as { StreamMode?: string } | undefined)?.StreamMode;
  const shardCount = properties['ShardCount'];
  const onDemand = mode === 'ON_DEMAND' || (mode === undefined && shardCount === undefined);
  return {
    name,
    mode: onDemand ? 'ON_DEMAND' : 'PROVISIONED',
    shardCount: onDemand ? ON_DEMAND_SHARDS : Number(shardCount ?? 1),
    retentionHours: Number(properties['RetentionPeriodHours'] ?? 24),
  };
}
