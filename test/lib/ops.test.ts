import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resources } from '../support/template.ts';
import { textOf } from './resolved.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');
const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');

const alarms = resources('AWS::CloudWatch::Alarm').map(({ Properties }) => ({
  name: String(Properties['AlarmName']).replace('repoint-test-', ''),
  description: String(Properties['AlarmDescription']),
  metric: String(Properties['MetricName']),
  dimensions: Object.fromEntries(
    ((Properties['Dimensions'] ?? []) as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
      Name,
      textOf(Value, 'RepointOps'),
    ]),
  ),
  missing: String(Properties['TreatMissingData']),
  actions: (Properties['AlarmActions'] ?? []) as unknown[],
}));

const watching = (metric: string, dimension: string) =>
  alarms.filter((alarm) => alarm.metric === metric).map(({ dimensions }) => dimensions[dimension]);

describe('alarms', () => {
  it.each(alarms)(
    '$name says how urgent it is, and where the runbook tells what to do',
    ({ description }) => {
      const [, severity, file, anchor] = /^(page|ticket): (\S+)#(\S+)$/.exec(description) ?? [];
      expect(severity).toBeDefined();
      expect(existsSync(join(ROOT, file ?? ''))).toBe(true);
      expect(sections).toContain(anchor);
    },
  );

  it.each(alarms)('$name tells a person', ({ actions }) => {
    expect(actions).toHaveLength(1);
  });

  it('use every section of the runbook', () => {
    const used = new Set(alarms.map(({ description }) => description.split('#')[1]));
    expect(sections.filter((section) => !used.has(section))).toEqual([]);
  });

  it('watch every dead-letter queue', () => {
    const deadLetters = resources('AWS::SQS::Queue')
      .map(({ Properties }) => String(Properties['QueueName']))
      .filter((name) => name.endsWith('-dlq'));
    expect(watching('ApproximateNumberOfMessagesVisible', 'QueueName').sort()).toEqual(deadLetters.sort());
  });

  it.each(['Errors', 'Throttles'])('watch the %s of every function', (metric) => {
    const functions = resources('AWS::Lambda::Function').map(({ Properties }) => Properties['FunctionName']);
    expect(watching(metric, 'FunctionName').sort()).toEqual(functions.sort());
  });

  it('watch the lag of the stream, and the freshness and the failures of each Firehose', () => {
    expect(watching('IteratorAge', 'FunctionName')).toEqual(['repoint-test-members-state']);
    const deliveries = resources('AWS::KinesisFirehose::DeliveryStream').map(
      ({ Properties }) => Properties['DeliveryStreamName'],
    );
    for (const metric of ['DeliveryToS3.DataFreshness', 'FailedConversion.Records', 'PartitionCountExceeded'])
      expect(watching(metric, 'DeliveryStreamName').sort()).toEqual(deliveries.sort());
  });

  it('watch what Firehose could not file, by a filter the lake has', () => {
    const [lake] = alarms.filter(({ name }) => name === 'lake-errors');
    const [bucket] = resources('AWS::S3::Bucket').filter(
      ({ Properties }) => Properties['BucketName'] === lake?.dimensions['BucketName'],
    );
    expect(bucket?.Properties['MetricsConfigurations']).toEqual([
      { Id: lake?.dimensions['FilterId'], Prefix: 'errors/' },
    ]);
  });

  it('take a silent tick for a bad one', () => {
    const ticks = alarms.filter(({ metric }) => metric === 'Invocations');
    expect(ticks.map(({ name, missing }) => [name, missing]).sort()).toEqual([
      ['campaigns-tick-silent', 'breaching'],
      ['pinpoint-tick-silent', 'breaching'],
    ]);
  });

  it('reach the configured address, encrypted', () => {
    expect(resources('AWS::SNS::Subscription').map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'ops@example.com',
    ]);
    expect(resources('AWS::SNS::Topic')[0]?.Properties['KmsMasterKeyId']).toBeDefined();
  });
});

describe('the console', () => {
  it('has the four roles, and lets nobody sign up', () => {
    expect(
      resources('AWS::Cognito::UserPoolGroup')
        .map(({ Properties }) => Properties['GroupName'])
        .sort(),
    ).toEqual(['admin', 'analyst', 'marketer', 'viewer']);
    expect(resources('AWS::Cognito::UserPool')[0]?.Properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
    });
  });
});
