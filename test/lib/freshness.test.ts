import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolutionId } from '../../lambdas/segments/resolution.ts';
import { resources } from '../support/template.ts';

/** Spec §3: behaviour counts within 5 minutes. */
const PROMISED_SECONDS = 300;

const delivery = resources('AWS::KinesisFirehose::DeliveryStream').find(
  ({ Properties }) => Properties['DeliveryStreamName'] === 'repoint-test-events',
)?.Properties['ExtendedS3DestinationConfiguration'] as {
  readonly BufferingHints: { readonly IntervalInSeconds: number };
  readonly ProcessingConfiguration: { readonly Processors: readonly { readonly Type: string }[] };
};
const bufferSeconds = delivery.BufferingHints.IntervalInSeconds;
const alarm = resources('AWS::CloudWatch::Alarm').find(
  ({ Properties }) => Properties['AlarmName'] === 'repoint-test-events-freshness',
)?.Properties;

/** For how long those who ask get one result at most: found out, not stated. */
function sharedSeconds(): number {
  const pinned = {
    rule: { kind: 'list', list: 'l' },
    uses: { segments: {}, lists: ['l'] },
    path: 'members',
  } as const;
  const start = Date.parse('2026-11-21T12:00:00.000Z');
  const first = resolutionId(1, pinned, start);
  let seconds = 0;
  while (resolutionId(1, pinned, start + seconds * 1000) === first) seconds++;
  return seconds;
}

describe('what somebody did counts within five minutes, on AWS', () => {
  it('as Firehose writes it, and the result of a minute is shared, with as long again as the buffer to write it', () => {
    expect(bufferSeconds).toBeGreaterThan(0);
    expect(2 * bufferSeconds + sharedSeconds()).toBeLessThanOrEqual(PROMISED_SECONDS);
  });

  it('or an alarm tells', () => {
    expect(alarm).toMatchObject({
      MetricName: 'DeliveryToS3.DataFreshness',
      ComparisonOperator: 'GreaterThanThreshold',
      Statistic: 'Maximum',
    });
    const threshold = Number(alarm?.['Threshold']);
    expect(threshold + sharedSeconds()).toBeLessThanOrEqual(PROMISED_SECONDS);
    // No alarm of what is as it should be: the buffer alone, and some time to write it.
    expect(threshold).toBeGreaterThanOrEqual(1.5 * bufferSeconds);
  });

  it('without a function that each row would have to pass, or a partition that somebody has to register', () => {
    const processors = delivery.ProcessingConfiguration.Processors.map(({ Type }) => Type);
    expect(processors).not.toContain('Lambda');
    const table = resources('AWS::Glue::Table')
      .map(
        ({ Properties }) => Properties['TableInput'] as { Name: string; Parameters?: Record<string, string> },
      )
      .find(({ Name }) => Name === 'events_raw');
    expect(table?.Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.day.range': expect.stringMatching(/,NOW\+\d+DAYS?$/),
    });
  });

  it('as the documents say', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'segments.md'), 'utf8');
    const [, told = ''] = /\*\*How fresh\.\*\*([\s\S]*?)\n\n/.exec(text) ?? [];
    expect(told).toContain(`every ${bufferSeconds} seconds`);
    expect(told).toContain(`waited for ${String(alarm?.['Threshold'])}`);
  });
});
