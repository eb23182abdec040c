/**
 * npm run bench:campaign -- [--recipients 20000] [--channel push]
 *
 * One campaign to members with one endpoint each, over HTTP: from the POST to the last message in the outbox. Loading
 * the members is not part of the figure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Client, client } from '../local/demo/client.ts';
import { figure, machine } from './machine.ts';
import { startServer } from './server.ts';

const PORT = 7392;
const MEMBER_BATCH = 100;
const CONNECTIONS = 2;
const GIVE_UP_MS = 300_000;

const ADDRESSES: Readonly<Record<string, (index: number) => Record<string, unknown>>> = {
  push: (index) => ({ pushTokens: [{ platform: 'FCM', token: `bench-token-${index}` }] }),
  email: (index) => ({ email: `bench${index}@example.com` }),
  sms: (index) => ({ phone: `+8210${String(index).padStart(8, '0')}` }),
};

async function loadMembers(api: Client, count: number, channel: string): Promise<void> {
  const address = ADDRESSES[channel];
  if (!address) throw new Error(`--channel is ${channel}; allowed: ${Object.keys(ADDRESSES).join(', ')}`);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const from = next;
      next += MEMBER_BATCH;
      const size = Math.min(MEMBER_BATCH, count - from);
      const members = Array.from({ length: size }, (_, index) => ({
        userId: `bench-${from + index}`,
        attributes: { grade: 'GOLD' },
        ...address(from + index),
      }));
      await api.must([200], 'POST', '/v1/members', { members });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

async function sendAndWait(api: Client, recipients: number, channel: string): Promise<number> {
  const before = await messages(api);
  const began = performance.now();
  const body = {
    segment: 'bench',
    channel,
    message: '{{User.UserId}}님, {{User.UserAttributes.grade}} 등급 혜택입니다.',
  };
  await api.must(
    [201],
    'POST',
    '/v1/campaigns',
    channel === 'sms' ? body : { ...body, title: '안녕하세요 {{User.UserId}}님' },
  );
  while ((await messages(api)) - before < recipients) {
    if (performance.now() - began > GIVE_UP_MS)
      throw new Error(`Only ${(await messages(api)) - before} of ${recipients} messages`);
    await sleep(50);
  }
  return performance.now() - began;
}

async function messages(api: Client): Promise<number> {
  const { body } = await api.must([200], 'GET', '/local/outbox/count');
  return Number(body['messages']);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      recipients: { type: 'string', default: '20000' },
      channel: { type: 'string', default: 'push' },
    },
  });
  const recipients = Number(values.recipients);
  console.log(machine());
  const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
  const server = await startServer(dir, PORT);
  try {
    const api = client(server.baseUrl, server.apiKey);
    const began = performance.now();
    await loadMembers(api, recipients, values.channel);
    figure(
      'members loaded, with their endpoints',
      recipients / ((performance.now() - began) / 1000),
      'members/s',
    );
    await api.must([201], 'PUT', '/v1/segments/bench', { rule: { attribute: 'grade', is: 'GOLD' } });
    const seconds = (await sendAndWait(api, recipients, values.channel)) / 1000;
    figure(`${recipients} ${values.channel} recipients, POST to last message`, seconds, 's');
    return figure('campaign throughput', recipients / seconds, 'messages/s', { atLeast: 1000 });
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) ? 0 : 1;
