import { randomUUID } from 'node:crypto';
import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { expect, it } from 'vitest';
import type { PinpointCampaigns } from '../../../lambdas/campaigns/sends/ports.ts';

const LIST = { url: 's3://work/segments/cart/1/', segmentName: 'cart (send)' };

/** What campaigns rely on, whatever answers: an import is made once per key, and ends. */
export function importsContract(open: () => Pick<PinpointCampaigns, 'createImport' | 'importJob'>): void {
  it('makes one import per key, which ends as a segment', async () => {
    const [pinpoint, key] = [open(), randomUUID()];
    const id = await pinpoint.createImport(key, LIST);
    expect(await pinpoint.createImport(key, LIST)).toBe(id);
    expect(await pinpoint.createImport(randomUUID(), LIST)).not.toBe(id);
    const job = await until(() =>
      pinpoint.importJob(id).then((found) => (found.state === 'pending' ? undefined : found)),
    );
    expect(job).toEqual({ state: 'completed', segmentId: expect.any(String) });
  });
}

export interface Engine {
  readonly pinpoint: PinpointCampaigns;
  readonly segmentId: string;
  /** A campaign that was let go begins to be sent. */
  begin(id: string): Promise<void>;
  /** One that has begun ends. */
  finish(id: string): Promise<void>;
}

/** What campaigns rely on of Pinpoint campaigns: one per key, at rest until let go, steered, and taken away. */
export function pinpointCampaignsContract(open: () => Promise<Engine>): void {
  const requestFor = ({ segmentId }: Engine): WriteCampaignRequest => ({
    Name: 'n',
    SegmentId: segmentId,
    SegmentVersion: 1,
    Schedule: { StartTime: 'IMMEDIATE' },
    IsPaused: true,
    MessageConfiguration: { GCMMessage: { Title: '안녕하세요', Body: '신제품' } },
    tags: { 'repoint:campaign': 'c', 'repoint:rate': '600' },
  });
  const created = async () => {
    const engine = await open();
    const id = await engine.pinpoint.createCampaign(randomUUID(), requestFor(engine));
    return { ...engine, id, state: async () => (await engine.pinpoint.progress(id)).state };
  };

  it('makes one campaign per key, which waits until it is let go', async () => {
    const engine = await open();
    const { pinpoint } = engine;
    const id = await pinpoint.createCampaign('key', requestFor(engine));
    expect(await pinpoint.createCampaign('key', requestFor(engine))).toBe(id);
    expect(await pinpoint.createCampaign('another', requestFor(engine))).not.toBe(id);
    expect(await pinpoint.progress(id)).toMatchObject({ state: 'waiting', counts: { audience: 0 } });
    expect(await pinpoint.steer(id, { rests: true })).toBe(true);
    expect(await pinpoint.progress(id)).toMatchObject({ state: 'waiting' });
  });

  it('lets it go once, whatever it is told again, and tells when it has ended', async () => {
    const { pinpoint, id, state, begin, finish } = await created();
    for (const ratePerMinute of [600, 600, 1200])
      expect(await pinpoint.steer(id, { rests: false, ratePerMinute })).toBe(true);
    expect(await state()).toBe('running');
    await begin(id);
    expect(await pinpoint.steer(id, { rests: false })).toBe(true);
    expect(await state()).toBe('running');
    await finish(id);
    const { state: ended, counts } = await pinpoint.progress(id);
    const { audience, sent, failed, skipped, uncertain, open: left } = counts;
    expect({ ended, left }).toEqual({ ended: 'completed', left: 0 });
    expect(sent + failed + skipped + uncertain).toBe(audience);
    expect(await pinpoint.steer(id, { rests: true })).toBe(false);
    expect(await state()).toBe('completed');
  });

  it('has it rest in the middle and go on, as often as it is told', async () => {
    const { pinpoint, id, state, begin } = await created();
    await pinpoint.steer(id, { rests: false });
    await begin(id);
    for (const rests of [true, true, false, false, true]) {
      expect(await pinpoint.steer(id, { rests })).toBe(true);
      expect(await state()).toBe(rests ? 'paused' : 'running');
    }
    expect(await pinpoint.progress(id)).toMatchObject({ reason: 'REQUESTED' });
  });

  it.each([false, true])('takes it away once, begun: %s, and tells that it is gone', async (begun) => {
    const { pinpoint, id, state, begin } = await created();
    if (begun) {
      await pinpoint.steer(id, { rests: false });
      await begin(id);
    }
    await pinpoint.remove(id);
    await pinpoint.remove(id);
    expect(await state()).toBe('gone');
    expect(await pinpoint.steer(id, { rests: false })).toBe(false);
  });
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let looks = 0; looks < 100; looks++) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('did not end');
}
