import { describe, expect, it } from 'vitest';
import { importList } from '../../../lambdas/campaigns/sends/import-list.ts';
import type { Says, Send } from '../../../lambdas/campaigns/sends/send.ts';
import { ctxAt, START } from '../../segments/support/worlds.ts';
import { memoryEngine } from '../support/memory-engine.ts';

const says = { name: 'autumn', segment: 'gold' } as Says;
const importing = (id: string, url: string): Send =>
  ({ id, list: { url, members: 3 }, resolution: { id: '20261121T1200-v1', tries: 1 } }) as Send;

describe('the list of a send', () => {
  it('is imported once for all sends that share it, and for each other list anew', async () => {
    const pinpoint = memoryEngine();
    const deps = { pinpoint } as unknown as Parameters<typeof importList>[0];
    const jobOf = async (id: string, url: string) => {
      const { send } = await importList(deps, ctxAt(START), { says, send: importing(id, url) });
      return send.importJobId;
    };
    const first = await jobOf('a-1', 's3://work/segments/gold/1/1/');
    expect(await jobOf('b-1', 's3://work/segments/gold/1/1/')).toBe(first);
    expect(await jobOf('b-2', 's3://work/segments/gold/2/1/')).not.toBe(first);
  });
});
