import { describe, expect, it } from 'vitest';
import { knownFor } from '../../../lambdas/segments/known-for.ts';
import { knownHere } from '../../../lambdas/segments/known-here.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const settings = { retentionDays: 400, timeZone: 'Asia/Seoul' };
const here = knownHere({ names: async () => [] }, { all: async () => [] }, { all: async () => [] }, settings);

describe('what judges SQL', () => {
  it('is loaded for a rule that has SQL, wherever in it, and for no other', async () => {
    const rule = { any: [{ attribute: 'grade', is: 'GOLD' }, { sql: 'DROP TABLE events' }] };
    const known = await knownFor(here, { now: NOW }, rule);
    expect(known.checkSql?.('DROP TABLE events')).toEqual([
      { field: 'sql', message: expect.stringMatching(/^begins with DROP: it is read-only/) },
    ]);
    expect((await knownFor(here, { now: NOW }, { did: 'purchase' })).checkSql).toBeUndefined();
  });
});
