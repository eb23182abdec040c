import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedMessage, PageFacts } from '../../../local/page/facts.ts';
import { html } from '../../../local/page/html.ts';
import { page } from '../../../local/page/index.ts';
import { world } from './world.ts';

const nasty = `"><script>alert('x')</script>&`;
const message: ListedMessage = {
  id: '7',
  channel: 'email',
  channelType: 'EMAIL',
  at: '2026-11-21T09:00:00.000Z',
  to: nasty,
  title: nasty,
  body: nasty,
  activity: { open: '2026-11-21T09:00:00.000Z' },
};
const asked: unknown[] = [];
const facts: PageFacts = {
  stage: 'local',
  now: () => Date.parse('2026-11-21T09:00:00.000Z'),
  apis: [{ name: 'Private API', url: 'http://127.0.0.1:7300/v1', note: 'key needed' }],
  curl: nasty,
  files: [{ name: 'system.json', path: '/x/system.json' }],
  functions: () => [{ name: nasty, state: 'running', invocations: 3, errors: 1 }],
  outbox: {
    counts: () => ({ messages: 1, byCampaign: { [nasty]: { messages: 1, open: 1 } } }),
    list: async (...query) => {
      asked.push(query);
      return { messages: [message], cursor: '7' };
    },
  },
};

async function fetched(path: string, method = 'GET', shown = facts): Promise<Response> {
  const show = page(shown);
  const server = createServer((request, response) => {
    if (!show(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
      method,
    });
    return new Response(await response.arrayBuffer(), response);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the page', () => {
  test('shows what there is, and nothing of a message can run in it', async () => {
    const response = await fetched('/?channel=email&campaign=c1&cursor=9');
    const text = await response.text();
    expect(asked.at(-1)).toEqual([{ channel: 'email', campaign: 'c1' }, 50, '9']);
    expect(text).toContain('/local/outbox/7/view');
    expect(text).toContain('http://127.0.0.1:7300/v1');
    expect(text).toContain('/?channel=email&amp;campaign=c1&amp;cursor=7');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain(nasty);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  });

  test('lists what the real outbox holds', async () => {
    const here = await world();
    await fetch(`${here.outbox.url}/v1/apps/a/messages`, {
      method: 'POST',
      body: JSON.stringify({
        MessageConfiguration: {},
        Addresses: { 'token-1': { ChannelType: 'GCM', RawContent: '{"notification":{"title":"장바구니"}}' } },
      }),
    });
    const text = await (await fetched('/', 'GET', { ...facts, outbox: here.outbox })).text();
    expect(text).toContain('장바구니');
    expect(text).toContain('token-1');
    await here.end();
  });

  test('leaves other requests to others', async () => {
    expect((await fetched('/v1/campaigns')).status).toBe(404);
    expect((await fetched('/', 'POST')).status).toBe(404);
  });

  test('escapes whatever is put into a template', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const inside = html`<p title="${value}">${value}</p>`.text.slice('<p title="'.length, -'</p>'.length);
        expect(inside.replace('">', '')).not.toMatch(/[<>"']/);
      }),
    );
  });
});
