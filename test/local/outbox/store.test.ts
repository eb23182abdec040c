import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../../local/outbox/journal.ts';
import type { NewMessage } from '../../../local/outbox/message.ts';
import { openStore } from '../../../local/outbox/store.ts';
import { type World, world } from './world.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outbox-store-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const clock = { now: () => Date.parse('2026-11-21T09:00:00.000Z') };
const message = (to: string, more: Partial<NewMessage> = {}): NewMessage => ({
  channel: 'push',
  channelType: 'GCM',
  to,
  body: '글',
  context: {},
  providerMessageId: `p-${to}`,
  ...more,
});

describe('the journal', () => {
  test('what was written is read back, however appends overlap and wherever the file was torn', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), { maxLength: 8 }),
        fc.string({ unit: 'grapheme' }),
        async (batches, tail) => {
          const path = join(dir, `${Math.random()}.ndjson`);
          const written = await openJournal<string>(path, () => undefined);
          await Promise.all(batches.map((rows) => written.append(rows)));
          await written.close();
          appendFileSync(path, JSON.stringify(tail).slice(0, -1));
          const rows: string[] = [];
          const again = await openJournal<string>(path, (row) => rows.push(row));
          expect(rows).toEqual(batches.flat());
          const [position] = await again.append([tail]);
          expect(position && (await again.read(position))).toBe(tail);
          await again.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the store', () => {
  test('messages, what happened to them and their numbering survive a restart with a torn tail', async () => {
    const first = await openStore(dir, clock);
    await Promise.all(['a', 'b', 'c'].map((to) => first.add([message(to, { campaignId: 'c1' })])));
    await first.record('2', 'open');
    await first.close();
    appendFileSync(join(dir, 'outbox', 'messages.ndjson'), '{"id":"4","channel":"pu');
    const second = await openStore(dir, clock);
    expect(second.counts()).toMatchObject({
      messages: 3,
      open: 1,
      byCampaign: { c1: { messages: 3, open: 1 } },
    });
    const [added] = await second.add([message('d')]);
    expect(added?.id).toBe('4');
    const { messages } = await second.list({}, 10);
    expect(messages.map(({ id, to }) => `${id}${to}`)).toEqual(['4d', '3c', '2b', '1a']);
    expect(messages[2]?.activity.open).toBe('2026-11-21T09:00:00.000Z');
    await second.close();
  });

  test('pages reach every message once, whatever the filter', async () => {
    const store = await openStore(dir, clock);
    await store.add(
      Array.from({ length: 25 }, (_, index) =>
        message(`t${index}`, index % 2 === 0 ? { campaignId: 'even', title: 'Sale' } : { channel: 'sms' }),
      ),
    );
    for (const [filter, expected] of [
      [{}, 25],
      [{ campaign: 'even' }, 13],
      [{ channel: 'sms' }, 12],
      [{ q: 'SALE' }, 13],
      [{ to: 't7' }, 1],
      [{ to: 't' }, 0],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.list(filter, 4, cursor);
        seen.push(...page.messages.map(({ id }) => id));
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      expect(new Set(seen).size).toBe(expected);
      expect(seen).toHaveLength(expected);
    }
    await store.close();
  });
});

describe('the outbox over HTTP', () => {
  let here: World;
  beforeEach(async () => {
    here = await world();
  });
  afterEach(() => here.end());

  test('wrong requests are refused in the shape of every API', async () => {
    for (const [path, body, status, code] of [
      ['?colour=red', undefined, 400, 'validation'],
      ['?limit=0', undefined, 400, 'validation'],
      ['/99', undefined, 404, 'not_found'],
      ['/nothing/here', undefined, 404, 'not_found'],
      ['/play', { action: 'dance' }, 400, 'validation'],
      ['/play', { action: 'open', share: 2 }, 400, 'validation'],
      ['/play', { action: 'open', colour: 'red' }, 400, 'validation'],
    ] as const) {
      expect(await here.api(path, body)).toMatchObject({
        status,
        body: { code, message: expect.any(String), field: null, requestId: expect.any(String) },
      });
    }
  });

  test('a provider operation it does not know is an error', async () => {
    const response = await fetch(`${here.outbox.url}/v2/email/templates`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-amzn-errortype')).toBe('NotFoundException');
  });
});
