/**
 * npm run bench:campaign -- [--case push|capped|email|members …] [--count 100000]
 *
 * Campaigns through the local system, from the request that starts one to the last message in the outbox: CreateCampaign
 * by the stock Pinpoint client (push, push with a daily cap, e-mail), and POST /v1/campaigns to members. Loading people is
 * not part of the figure. Each case has a system of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { type Client, client } from '../local/demo/client.ts';
import { loadEndpoints } from './engine/load.ts';
import type { Channel } from './engine/people.ts';
import { endpointsOf, pinpointOf } from './engine/pinpoint-campaign.ts';
import { figure, machine } from './machine.ts';
import { cpuByProcess, showCpu } from './processes.ts';
import { type Server, startServer } from './server.ts';

const PORT = 7392;
const MEMBER_BATCH = 100;
const CONNECTIONS = 2;
const GIVE_UP_MS = 300_000;
const LOOK_EVERY_MS = 50;

async function loadMembers(api: Client, count: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const from = next;
      next += MEMBER_BATCH;
      const size = Math.min(MEMBER_BATCH, count - from);
      const members = Array.from({ length: size }, (_, index) => ({
        userId: `bench-${from + index}`,
        attributes: { grade: 'GOLD' },
        pushTokens: [{ platform: 'FCM', token: `bench-token-${from + index}` }],
      }));
      await api.must([200], 'POST', '/v1/members', { members });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

/** Seconds until the outbox holds so many messages more than `before`. */
async function secondsUntil(api: Client, wanted: number, began: number): Promise<number> {
  for (;;) {
    const there = await messages(api);
    if (there >= wanted) return (performance.now() - began) / 1000;
    if (performance.now() - began > GIVE_UP_MS) throw new Error(`${wanted - there} messages are missing`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function messages(api: Client): Promise<number> {
  const { body } = await api.must([200], 'GET', '/local/outbox/count');
  return Number(body['messages']);
}

/** Through the marketing layer: members with one endpoint each, and POST /v1/campaigns. */
async function membersCase(server: Server, api: Client, count: number): Promise<boolean> {
  const began = performance.now();
  await loadMembers(api, count);
  figure('members loaded, with their endpoints', count / ((performance.now() - began) / 1000), 'members/s');
  await api.must([201], 'PUT', '/v1/segments/bench', { rule: { attribute: 'grade', is: 'GOLD' } });
  return timed(server, api, { name: 'members', count, atLeast: 1_000 }, async () => {
    await api.must([201], 'POST', '/v1/campaigns', {
      segment: 'bench',
      channel: 'push',
      title: '안녕하세요 {{User.UserId}}님',
      message: '{{User.UserId}}님, {{User.UserAttributes.grade}} 등급 혜택입니다.',
    });
  });
}

const TITLE = '{{User.UserAttributes.name}}님을 위한 혜택';
const BODY = '{{User.UserId}}님은 {{Attributes.plan}} 회원입니다.';

/** A case of the engine alone, from CreateCampaign to the last message. */
interface EngineCase {
  readonly channel: Channel;
  readonly count: number;
  readonly atLeast: number;
  readonly request: Partial<WriteCampaignRequest>;
}

const PUSH = { MessageConfiguration: { GCMMessage: { Title: TITLE, Body: BODY } } };
const EMAIL = {
  MessageConfiguration: { EmailMessage: { Title: TITLE, Body: BODY, HtmlBody: `<p>${BODY}</p>` } },
};
const ENGINE_CASES: Readonly<Record<string, EngineCase>> = {
  push: { channel: 'GCM', count: 100_000, atLeast: 2_000, request: PUSH },
  capped: { channel: 'GCM', count: 20_000, atLeast: 300, request: { ...PUSH, Limits: { Daily: 3 } } },
  email: { channel: 'EMAIL', count: 20_000, atLeast: 800, request: EMAIL },
};
const MEMBERS = 5_000;

async function engineCase(server: Server, api: Client, name: string, asked?: number): Promise<boolean> {
  const found = ENGINE_CASES[name];
  if (!found) return membersCase(server, api, asked ?? MEMBERS);
  const { channel, atLeast, request } = found;
  const count = asked ?? found.count;
  const pinpoint = pinpointOf(server);
  try {
    const appId = await pinpoint.app(name);
    const endpoints = endpointsOf(channel, count, 0);
    const began = performance.now();
    await loadEndpoints(server, appId, endpoints);
    const segmentId = await pinpoint.segment(appId, endpoints);
    figure(`${name}: endpoints loaded`, count / ((performance.now() - began) / 1000), 'endpoints/s');
    return await timed(server, api, { name, count, atLeast }, async () => {
      await pinpoint.start(appId, segmentId, request);
    });
  } finally {
    pinpoint.close();
  }
}

interface Timed {
  readonly name: string;
  readonly count: number;
  readonly atLeast: number;
}

/** From the request that starts the campaign to the last message in the outbox. */
async function timed(
  server: Server,
  api: Client,
  { name, count, atLeast }: Timed,
  start: () => Promise<void>,
): Promise<boolean> {
  const before = await messages(api);
  const [cpu, began] = [cpuByProcess(server.pid), performance.now()];
  await start();
  const seconds = await secondsUntil(api, before + count, began);
  figure(`${name}: ${count.toLocaleString('en')} recipients, to the last message`, seconds, 's');
  showCpu(cpu, cpuByProcess(server.pid), seconds);
  return figure(`${name}: throughput`, count / seconds, 'messages/s', { atLeast });
}

async function main(): Promise<boolean> {
  const names = [...Object.keys(ENGINE_CASES), 'members'];
  const { values } = parseArgs({
    options: { case: { type: 'string', multiple: true, default: names }, count: { type: 'string' } },
  });
  const unknown = values.case.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`--case is ${unknown.join(', ')}; allowed: ${names.join(', ')}`);
  console.log(machine());
  let good = true;
  for (const name of values.case) {
    const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
    const server = await startServer(dir, PORT);
    try {
      const api = client(server.baseUrl, server.apiKey);
      const count = values.count === undefined ? undefined : Number(values.count);
      good = (await engineCase(server, api, name, count)) && good;
    } finally {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return good;
}

process.exitCode = (await main()) ? 0 : 1;
