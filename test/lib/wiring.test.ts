import { describe, expect, it } from 'vitest';
import { resources } from '../support/template.ts';
import { statementsOfFunction } from './policies.ts';
import { textOf } from './resolved.ts';

const queueNames = resources('AWS::SQS::Queue').map(({ Properties }) => String(Properties['QueueName']));

const mappings = resources('AWS::Lambda::EventSourceMapping').map(({ Properties, stack }) => ({
  source: textOf(Properties['EventSourceArn'], stack).replace('arn:repoint-test-', ''),
  fn: textOf(Properties['FunctionName'], stack).replace('repoint-test-', ''),
  stack,
  Properties,
}));
const queues = mappings.filter(({ source }) => source !== 'events');
const workersOf = ({ Properties }: (typeof mappings)[number]): number =>
  (Properties['ScalingConfig'] as { MaximumConcurrency: number }).MaximumConcurrency;
/** Statements that workers may have at once: Athena counts those that run and those that wait, and refuses what is beyond the account's quota. */
const STATEMENTS_AT_ONCE = 20;

describe('event sources', () => {
  it('wake the functions of docs/architecture.md', () => {
    expect(Object.fromEntries(mappings.map(({ source, fn }) => [source, fn]))).toEqual({
      compactions: 'events-compact',
      erasures: 'members-erase',
      events: 'members-state',
      resolutions: 'segments-resolve',
      sends: 'campaigns-advance',
      imports: 'pinpoint-import',
      lists: 'segments-match',
      runs: 'pinpoint-resolve',
      slices: 'pinpoint-deliver',
    });
  });

  it.each(queues)('of $source return only what failed, and are bounded', (mapping) => {
    expect(mapping.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    expect(workersOf(mapping)).toBeGreaterThanOrEqual(2);
    expect(workersOf(mapping)).toBeLessThanOrEqual(mapping.source === 'slices' ? 100 : 10);
  });

  it('never ask Athena more statements at once than it takes', () => {
    const asking = queues.filter(({ fn }) =>
      statementsOfFunction(fn).some(({ actions }) => actions.includes('athena:StartQueryExecution')),
    );
    expect(asking.map(({ fn }) => fn).sort()).toEqual([
      'campaigns-advance',
      'events-compact',
      'segments-resolve',
    ]);
    const workers = asking.map(workersOf).reduce((sum, one) => sum + one, 0);
    expect(workers).toBeLessThanOrEqual(STATEMENTS_AT_ONCE);
  });

  it('of the events stream find the bad record and set it aside', () => {
    const [stream] = mappings.filter(({ source }) => source === 'events');
    expect(stream?.Properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // A consumer that starts late must still see what was accepted before.
      StartingPosition: 'TRIM_HORIZON',
    });
    // -1 is for as long as the record is kept: nothing behind it in its shard would be read meanwhile.
    const retries = Number(stream?.Properties['MaximumRetryAttempts']);
    expect(retries).toBeGreaterThan(0);
    expect(retries).toBeLessThanOrEqual(100);
    const target = stream?.Properties['DestinationConfig'] as
      | { OnFailure: { Destination: unknown } }
      | undefined;
    expect(textOf(target?.OnFailure.Destination, stream?.stack ?? '')).toBe(
      'arn:repoint-test-members-state-dlq',
    );
  });
});

describe('ticks', () => {
  const schedules = resources('AWS::Scheduler::Schedule').map(({ Properties, stack }) => ({
    name: String(Properties['Name']).replace('repoint-test-', ''),
    expression: Properties['ScheduleExpression'],
    target: Properties['Target'] as { Arn: unknown; DeadLetterConfig: { Arn: unknown } },
    stack,
  }));

  it('are one for campaigns and one for the engine each minute, and for the lake and for whom it is to forget each night', () => {
    expect(Object.fromEntries(schedules.map(({ name, expression }) => [name, expression]))).toEqual({
      'campaigns-tick': 'cron(* * * * ? *)',
      'pinpoint-tick': 'cron(* * * * ? *)',
      'events-nightly': 'cron(0 3 * * ? *)',
      'members-nightly': 'cron(0 3 * * ? *)',
    });
  });

  it.each(schedules)('$name comes to its function, and fails into its queue', (schedule) => {
    expect(textOf(schedule.target.Arn, schedule.stack)).toBe(`arn:repoint-test-${schedule.name}`);
    expect(textOf(schedule.target.DeadLetterConfig.Arn, schedule.stack)).toBe(
      `arn:repoint-test-${schedule.name}-dlq`,
    );
  });
});

describe('what providers tell', () => {
  const rules = resources('AWS::Events::Rule');

  it('comes from SES and SMS to pinpoint-feedback, and is set aside when it cannot be taken', () => {
    const sources = rules.map(
      ({ Properties }) => (Properties['EventPattern'] as { source: string[] }).source,
    );
    expect(sources.flat().sort()).toEqual(['aws.ses', 'aws.sms-voice']);
    for (const { Properties, stack } of rules) {
      const [target] = Properties['Targets'] as { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[];
      expect(textOf(target?.Arn, stack)).toBe('arn:repoint-test-pinpoint-feedback');
      expect(textOf(target?.DeadLetterConfig.Arn, stack)).toBe('arn:repoint-test-pinpoint-feedback-dlq');
    }
  });

  it('about e-mail is published to the default bus, opens and clicks too', () => {
    const [destination] = resources('AWS::SES::ConfigurationSetEventDestination').map(
      ({ Properties }) =>
        Properties['EventDestination'] as {
          Enabled: boolean;
          EventBridgeDestination: { EventBusArn: string };
          MatchingEventTypes: string[];
        },
    );
    expect(destination?.EventBridgeDestination.EventBusArn).toBe(
      'arn:aws:events:ap-northeast-2:111122223333:event-bus/default',
    );
    expect(destination?.MatchingEventTypes).toEqual(
      expect.arrayContaining(['delivery', 'bounce', 'complaint', 'open', 'click']),
    );
  });
});

describe('functions called without waiting', () => {
  it('set aside what they could not do', () => {
    const asynchronous = resources('AWS::Lambda::EventInvokeConfig').map(({ Properties, stack }) => {
      const { OnFailure } = Properties['DestinationConfig'] as { OnFailure: { Destination: unknown } };
      return [
        textOf(Properties['FunctionName'], stack).replace('repoint-test-', ''),
        textOf(OnFailure.Destination, stack).replace('arn:repoint-test-', ''),
      ];
    });
    expect(Object.fromEntries(asynchronous)).toEqual({
      'campaigns-tick': 'campaigns-tick-dlq',
      'events-nightly': 'events-nightly-dlq',
      'members-nightly': 'members-nightly-dlq',
      'pinpoint-tick': 'pinpoint-tick-dlq',
      'pinpoint-feedback': 'pinpoint-feedback-dlq',
    });
  });

  it('fail into queues that exist', () => {
    expect(queueNames).toEqual(
      expect.arrayContaining(['repoint-test-campaigns-tick-dlq', 'repoint-test-pinpoint-feedback-dlq']),
    );
  });
});
