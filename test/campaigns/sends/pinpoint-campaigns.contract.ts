import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { PinpointCampaigns } from '../../../lambdas/campaigns/ports.ts';

const LIST = { url: 's3://work/segments/cart/1/', segmentName: 'cart (send)' };
const MESSAGE = { channel: 'push', title: '안녕하세요', message: '신제품' } as const;

/** What campaigns rely on, whatever answers: imports and campaigns are made once per key, and end. */
export function pinpointCampaignsContract(open: () => PinpointCampaigns): void {
  it('makes one import per key', async () => {
    const [pinpoint, key] = [open(), randomUUID()];
    const id = await pinpoint.createImport(key, LIST);
    expect(await pinpoint.createImport(key, LIST)).toBe(id);
    expect(await pinpoint.createImport(randomUUID(), LIST)).not.toBe(id);
  });

  it('makes one campaign per key of an import that has ended, and tells its counts until it has', async () => {
    const [pinpoint, key] = [open(), randomUUID()];
    const jobId = await pinpoint.createImport(key, LIST);
    const segmentId = await until(() =>
      pinpoint.importJob(jobId).then((job) => ('segmentId' in job ? job.segmentId : undefined)),
    );
    const campaign = { name: 'n', segmentId, message: MESSAGE, tags: { 'repoint:send': key } };
    const id = await pinpoint.createCampaign(key, campaign);
    expect(await pinpoint.createCampaign(key, campaign)).toBe(id);
    const { counts } = await until(() =>
      pinpoint.progress(id).then((progress) => (progress.state === 'completed' ? progress : undefined)),
    );
    const { audience, sent, failed, skipped, uncertain, open: left } = counts;
    expect(sent + failed + skipped + uncertain + left).toBe(audience);
    expect(left).toBe(0);
  });
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let looks = 0; looks < 100; looks++) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('did not end');
}
