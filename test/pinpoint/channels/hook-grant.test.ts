import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../lib/check-config.ts';
import { synthesize, TEST_CONFIG } from '../../support/synthesize.ts';
import type { Template } from '../../support/template.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What the policies of a stack let its functions invoke, by name of the policy. */
function invocable({ Resources }: Template): [string, unknown[]][] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::IAM::Policy') return [];
    const { Statement } = Properties['PolicyDocument'] as { Statement: readonly Statement[] };
    const on = Statement.filter(({ Action }) => [Action].flat().includes('lambda:InvokeFunction'));
    return on.length === 0 ? [] : [[id, on.flatMap(({ Resource }) => Resource)]];
  });
}

describe("customers' functions", () => {
  it('are invoked by the deliver function alone: our own hook and channel, and those the operator named', () => {
    const { RepointEngine: engine } = synthesize('test', {
      ...TEST_CONFIG,
      hookFunctionNames: ['shop-hook', 'b'],
    });
    const arn = 'arn:aws:lambda:ap-northeast-2:111122223333:function';
    const grants = engine ? invocable(engine) : [];
    expect(grants.map(([id]) => id)).toEqual([expect.stringMatching(/deliver/)]);
    expect(grants.flatMap(([, on]) => on).sort()).toEqual([
      `${arn}:b`,
      `${arn}:b:*`,
      `${arn}:repoint-test-campaigns-policy`,
      `${arn}:repoint-test-channels-kakao`,
      `${arn}:shop-hook`,
      `${arn}:shop-hook:*`,
    ]);
  });

  it.each(['*', 'shop*', 'arn:aws:lambda:ap-northeast-2:111122223333:function:x', 'x:live', ''])(
    'are not named %j',
    (name) => {
      expect(() => checkConfig({ ...TEST_CONFIG, hookFunctionNames: [name] })).toThrow(
        `hookFunctionNames "${name}"`,
      );
    },
  );
});
