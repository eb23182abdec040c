import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EngineDeps, engineOperations } from '../../../lambdas/pinpoint/operations.ts';
import { OWN_OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/own-operations.ts';
import { OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/schemas.aws.ts';

describe('docs/pinpoint-api.md', () => {
  it('lists exactly the operations that are there', () => {
    const text = readFileSync('docs/pinpoint-api.md', 'utf8');
    const table = text.split('## Operations that are there')[1]?.split('\n\nEvery other')[0] ?? '';
    const listed = [...OPERATION_SCHEMAS, ...OWN_OPERATION_SCHEMAS]
      .map(([, , name]) => name)
      .filter((name) => new RegExp(`\\b${name}\\b`).test(table));
    // The operations are only named here, so nothing of what they need is looked at.
    const there = Object.keys(engineOperations({} as EngineDeps));
    expect(listed.sort()).toEqual(there.sort());
  });
});
