import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesEmail } from '../../../lambdas/pinpoint/channels/email.aws.ts';
import { awsQuota } from '../../../lambdas/pinpoint/channels/quota.aws.ts';
import { accountQuota, type Quota } from '../../../lambdas/pinpoint/channels/quota.ts';
import { CLIENT_SETTINGS } from '../../../lambdas/pinpoint/channels/settings.ts';
import { type Outbox, startOutbox } from '../../../local/outbox/index.ts';
import { messageTo } from './channel.contract.ts';

/** A provider whose quota is `next`, or which fails; and the time. */
function provider() {
  const world = { now: 1_000_000, next: { perSecond: 1, left24h: 10 } as Quota | Error, asked: 0 };
  const read = async (): Promise<Quota> => {
    world.asked += 1;
    if (world.next instanceof Error) throw world.next;
    return world.next;
  };
  return { world, quota: accountQuota({ email: read }, () => world.now) };
}

describe("the account's quota", () => {
  it('is asked for once a minute, however many want to know', async () => {
    const { world, quota } = provider();
    const answers = await Promise.all([quota.of('email'), quota.of('email'), quota.of('email')]);
    expect(answers).toEqual(Array(3).fill({ perSecond: 1, left24h: 10 }));
    world.next = { perSecond: 2, left24h: 9 };
    world.now += 59_999;
    expect(await quota.of('email')).toEqual({ perSecond: 1, left24h: 10 });
    expect(world.asked).toBe(1);
    world.now += 1;
    expect(await quota.of('email')).toEqual({ perSecond: 2, left24h: 9 });
  });

  it('is asked for again when the clock was set back', async () => {
    const { world, quota } = provider();
    await quota.of('email');
    world.next = { perSecond: 2, left24h: 9 };
    world.now -= 500_000;
    expect(await quota.of('email')).toEqual({ perSecond: 2, left24h: 9 });
  });

  it('stays what it was while nobody answers, and is taken up again', async () => {
    const { world, quota } = provider();
    await quota.of('email');
    world.next = new Error('unavailable');
    world.now += 60_000;
    expect(await quota.of('email')).toEqual({ perSecond: 1, left24h: 10 });
    world.next = { perSecond: 3, left24h: 8 };
    world.now += 60_000;
    expect(await quota.of('email')).toEqual({ perSecond: 3, left24h: 8 });
  });

  it('is an error, not “none”, until it was told once', async () => {
    const { world, quota } = provider();
    world.next = new Error('unavailable');
    await expect(quota.of('email')).rejects.toThrow('unavailable');
    world.next = { perSecond: 1, left24h: 10 };
    expect(await quota.of('email')).toEqual({ perSecond: 1, left24h: 10 });
  });

  it('is none where the provider tells none', async () => {
    expect(await provider().quota.of('sms')).toBeUndefined();
    expect(await provider().quota.of('constructor')).toBeUndefined();
  });
});

describe('the quota of e-mail', () => {
  const dir = mkdtempSync(join(tmpdir(), 'outbox-'));
  let outbox: Outbox;
  let client: SESv2Client;
  beforeAll(async () => {
    outbox = await startOutbox({
      dir,
      clock: { now: Date.now },
      publish: async () => undefined,
      collector: { url: 'http://127.0.0.1:9', apiKey: 'none' },
      autoDeliver: false,
    });
    client = new SESv2Client({
      ...CLIENT_SETTINGS,
      endpoint: outbox.url,
      region: 'ap-northeast-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  afterAll(async () => {
    await outbox.close();
    rmSync(dir, { recursive: true });
  });

  it('is what SES tells: its rate, and what is left of 24 hours', async () => {
    let now = 0;
    const quota = awsQuota(() => now, client);
    const before = await quota.of('email');
    expect(before?.perSecond).toBeGreaterThan(0);
    const email = sesEmail({ fromAddress: 'shop@example.com', configurationSet: 'email' }, client);
    const to = (n: number) => messageTo(`user${n}@example.com`, n, 'EMAIL', { subject: 's', html: 'h' });
    await email.send([to(1), to(2), to(3)]);
    now += 60_000;
    expect((await quota.of('email'))?.left24h).toBe((before?.left24h ?? 0) - 3);
    expect(await quota.of('push')).toBeUndefined();
  });
});
