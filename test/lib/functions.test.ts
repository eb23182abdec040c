import { describe, expect, it } from 'vitest';
import { functionEntries } from '../../lib/shared/bundle.ts';
import { resources } from '../support/template.ts';
import { textOf } from './resolved.ts';

const functions = resources('AWS::Lambda::Function');
const nameOf = ({ Properties }: (typeof functions)[number]) => String(Properties['FunctionName']);
const named = functions.map((fn) => [nameOf(fn), fn] as const);

describe('functions', () => {
  it('are deployed for every entry of the tree, and for nothing else', () => {
    expect(named.map(([name]) => name).sort()).toEqual(
      functionEntries().map(({ name }) => `repoint-test-${name}`),
    );
  });

  it.each(named)('%s runs on Node 24 and arm64, traced, with JSON logs', (_name, { Properties }) => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });

  it.each(named)(
    '%s may come round again: work that takes long is put back on its own queue',
    (_name, { Properties }) => {
      // Lambda stops what comes by itself more than 16 times, unless it is told that it is meant.
      expect(Properties['RecursiveLoop']).toBe('Allow');
    },
  );

  it.each(named)('%s knows its stage, its zone and its own name', (name, { Properties, stack }) => {
    const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
    expect(Variables).toMatchObject({
      REPOINT_STAGE: 'test',
      REPOINT_TIME_ZONE: 'Asia/Seoul',
      POWERTOOLS_SERVICE_NAME: name.replace('repoint-test-', ''),
    });
    for (const value of Object.values(Variables)) expect(textOf(value, stack)).not.toBe('');
    // Or push would call the engine instead of AWS.
    expect(Object.keys(Variables).filter((key) => key.startsWith('AWS_ENDPOINT_URL'))).toEqual([]);
  });
});

describe('log groups', () => {
  const groups = resources('AWS::Logs::LogGroup');

  it('all end: every one has a retention', () => {
    expect(groups.filter(({ Properties }) => Properties['RetentionInDays'] !== 90)).toEqual([]);
  });

  it('are there for every function, so that Lambda makes none without an end', () => {
    const names = groups.map(({ Properties, stack }) => textOf(Properties['LogGroupName'], stack));
    expect(names).toEqual(expect.arrayContaining(named.map(([name]) => `/aws/lambda/${name}`)));
  });
});
