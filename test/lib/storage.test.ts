import { describe, expect, it } from 'vitest';
import { resources, templates } from '../support/template.ts';
import { textOf } from './resolved.ts';

const by = (type: string, key: string) =>
  resources(type).map((one) => [textOf(one.Properties[key], one.stack), one] as const);

const tables = by('AWS::DynamoDB::Table', 'TableName');
const buckets = by('AWS::S3::Bucket', 'BucketName');
const queues = by('AWS::SQS::Queue', 'QueueName');
const streams = by('AWS::Kinesis::Stream', 'Name');

interface Queue {
  readonly VisibilityTimeout?: number;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: unknown; readonly maxReceiveCount: number };
}

describe('tables', () => {
  it('are those of docs/architecture.md, with their keys', () => {
    const keys = Object.fromEntries(
      tables.map(([name, { Properties }]) => [
        name.replace('repoint-test-', ''),
        [
          ...(Properties['KeySchema'] as { AttributeName: string }[]).map(
            ({ AttributeName }) => AttributeName,
          ),
          ...((Properties['GlobalSecondaryIndexes'] ?? []) as { IndexName: string }[]).map(
            ({ IndexName }) => `index ${IndexName}`,
          ),
          (Properties['TimeToLiveSpecification'] as { AttributeName: string } | undefined)?.AttributeName,
        ]
          .filter(Boolean)
          .join(' '),
      ]),
    );
    expect(keys).toEqual({
      members: 'pk',
      'kakao-templates': 'pk sk',
      'member-state': 'pk',
      'member-attributes': 'pk sk',
      segments: 'pk sk expiresAt',
      campaigns: 'pk sk index due index listed expiresAt',
      erasures: 'pk sk',
      contacts: 'pk expiresAt',
      coupons: 'pk index shelves',
      idempotency: 'pk expiration',
      'pinpoint-registry': 'pk sk index due',
      'pinpoint-endpoints': 'pk',
      'pinpoint-runs': 'pk sk expiresAt',
    });
  });

  it.each(tables)('%s is encrypted, on demand, recoverable, and not lost by mistake', (_name, table) => {
    expect(table.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe('buckets', () => {
  it.each(buckets)('%s is encrypted, private, kept, and forgets by rule', (_name, bucket) => {
    expect(bucket.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(bucket.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(JSON.stringify(bucket.Properties['LifecycleConfiguration'])).toContain('ExpirationInDays');
  });

  it.each([
    ['buckets', 'AWS::S3::BucketPolicy', buckets.length],
    ['queues', 'AWS::SQS::QueuePolicy', queues.length],
    ['topics', 'AWS::SNS::TopicPolicy', 1],
  ])('and all %s refuse plain HTTP', (_kind, type, count) => {
    const refusing = resources(type).filter(({ Properties }) =>
      /"aws:SecureTransport":"false"\},?"?.*"Effect":"Deny"|"Effect":"Deny".*"aws:SecureTransport":"false"/.test(
        JSON.stringify(Properties['PolicyDocument']),
      ),
    );
    expect(refusing).toHaveLength(count);
  });

  it('keep no imported list from a segment that still lives', () => {
    const [, pinpoint] = buckets.find(([name]) => name.startsWith('repoint-test-pinpoint-')) ?? [];
    const lifecycle = pinpoint?.Properties['LifecycleConfiguration'] as
      | { Rules: { Prefix?: string }[] }
      | undefined;
    expect(lifecycle?.Rules.map(({ Prefix }) => Prefix)).toEqual(['runs/']);
  });

  it('forget a quarantined event after 14 days, also when its object was written anew meanwhile', () => {
    const [, lake] = buckets.find(([name]) => name.startsWith('repoint-test-lake-')) ?? [];
    const lifecycle = lake?.Properties['LifecycleConfiguration'] as
      | { Rules: { Prefix?: string; ExpirationInDays: number; TagFilters?: { Value: string }[] }[] }
      | undefined;
    const quarantine = (lifecycle?.Rules ?? []).filter(({ Prefix }) => Prefix === 'quarantined_events/');
    const days = new Map(
      quarantine.map(({ TagFilters: [tag] = [], ExpirationInDays }) => [tag?.Value, ExpirationInDays]),
    );
    expect(days.get(undefined)).toBe(14);
    for (let left = 1; left < 14; left++) expect(days.get(String(left))).toBe(left);
  });
});

describe('queues', () => {
  const timeouts = new Map(
    by('AWS::Lambda::Function', 'FunctionName').map(([name, { Properties }]) => [
      name,
      Number(Properties['Timeout']),
    ]),
  );
  const work = queues.filter(([name]) => !name.endsWith('-dlq'));

  it('are those of docs/architecture.md', () => {
    expect(work.map(([name]) => name.replace('repoint-test-', '')).sort()).toEqual([
      'compactions',
      'erasures',
      'imports',
      'lists',
      'resolutions',
      'runs',
      'sends',
      'slices',
    ]);
  });

  it.each(queues)('%s is encrypted', (_name, { Properties }) => {
    expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });

  it.each(work)('%s sets aside what fails', (name, { Properties, stack }) => {
    const { RedrivePolicy } = Properties as Queue;
    expect(textOf(RedrivePolicy?.deadLetterTargetArn, stack)).toBe(`arn:${name}-dlq`);
    expect(RedrivePolicy?.maxReceiveCount).toBeGreaterThan(1);
    expect(RedrivePolicy?.maxReceiveCount).toBeLessThanOrEqual(20);
  });

  it.each(work)(
    '%s hides a message six times as long as its function may run, or five minutes longer',
    (name, { Properties }) => {
      const consumer = resources('AWS::Lambda::EventSourceMapping').find(
        (mapping) => textOf(mapping.Properties['EventSourceArn'], mapping.stack) === `arn:${name}`,
      );
      const fn = textOf(consumer?.Properties['FunctionName'], consumer?.stack ?? '');
      const seconds = timeouts.get(fn) ?? Infinity;
      expect((Properties as Queue).VisibilityTimeout).toBe(Math.min(6 * seconds, seconds + 300));
    },
  );
});

describe('streams', () => {
  it.each(streams)('%s is encrypted, kept, and outlasts a broken weekend', (_name, stream) => {
    expect(stream.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(stream.Properties['StreamEncryption']).toMatchObject({ EncryptionType: 'KMS' });
    expect(stream.Properties['RetentionPeriodHours']).toBeGreaterThanOrEqual(72);
  });
});

describe('everything', () => {
  const TAGGED = [
    'AWS::DynamoDB::Table',
    'AWS::S3::Bucket',
    'AWS::SQS::Queue',
    'AWS::Kinesis::Stream',
    'AWS::Lambda::Function',
    'AWS::ApiGateway::RestApi',
    'AWS::Logs::LogGroup',
    'AWS::IAM::Role',
  ];

  it.each(TAGGED)('of type %s says project, stage and domain', (type) => {
    for (const { Properties, id } of resources(type)) {
      const tags = new Map(
        (Properties['Tags'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
      );
      expect([...tags.keys()], id).toEqual(expect.arrayContaining(['project', 'stage', 'domain']));
      expect(tags.get('stage')).toBe('test');
    }
  });

  it('is made without custom resources, parameters and conditions', () => {
    for (const template of Object.values(templates())) {
      const types = Object.values(template.Resources).map(({ Type }) => Type);
      expect(types.filter((type) => type.startsWith('Custom::') || type.includes('CustomResource'))).toEqual(
        [],
      );
      expect(template).not.toHaveProperty('Conditions');
      const parameters = Object.keys((template as { Parameters?: object }).Parameters ?? {});
      expect(parameters.filter((name) => name !== 'BootstrapVersion')).toEqual([]);
    }
  });

  it('leaves Pinpoint campaigns, segments and templates to the engine', () => {
    const types = Object.values(templates()).flatMap(({ Resources }) =>
      Object.values(Resources).map(({ Type }) => Type),
    );
    expect(types.filter((type) => type.startsWith('AWS::Pinpoint'))).toEqual([]);
  });
});
