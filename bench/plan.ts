/**
 * npm run bench:plan -- [--campaigns 10000] [--bytes 500]
 *
 * Recurring campaigns that are all due in one minute: the tick claims them, and the workers open their sends and queue
 * each one's first step. The real verbs and stores over the local DynamoDB in a process of its own; as many workers as
 * the deployed queue has, in this one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dynamoCampaigns } from '../lambdas/campaigns/campaign-store.aws.ts';
import { type AdvanceDeps, advanceSend } from '../lambdas/campaigns/sends/advance-send.ts';
import type { SendMessage } from '../lambdas/campaigns/sends/ports.ts';
import { queueDueSends } from '../lambdas/campaigns/sends/queue-due-sends.ts';
import { dynamoDue, dynamoSends } from '../lambdas/campaigns/sends/send-store.aws.ts';
import { documentClient } from '../lambdas/shared/dynamodb.aws.ts';
import { inParallel } from '../lambdas/shared/parallel.ts';
import { startDynamo } from '../local/aws/dynamo/index.ts';
import { recurringRow } from '../test/campaigns/sends/support/campaigns.ts';
import { createTables, tableName } from '../test/support/tables.ts';
import { figure, machine } from './machine.ts';
import { cpuByProcess, showCpu } from './processes.ts';

/** Functions at work at once, and messages each takes (lib/campaigns/campaigns.ts). */
const [WORKERS, BATCH] = [10, 5];
const AT_MOST_SECONDS = 120;
const TICK_MS = 55_000;
const AT = Date.parse('2026-11-21T00:00:00Z');

const { values } = parseArgs({
  options: {
    campaigns: { type: 'string', default: '10000' },
    bytes: { type: 'string', default: '500' },
  },
});
const [count, bytes] = [Number(values.campaigns), Number(values.bytes)];
console.log(machine());
const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
const dynamo = await startDynamo({ dir, tables: [], expireEveryMs: 0 });
// The functions' own client, with the settings it is deployed with.
Object.assign(process.env, {
  AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
  AWS_REGION: 'ap-northeast-2',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});
const client = documentClient();
try {
  await createTables(dynamo.url, 'campaigns');
  process.exitCode = (await planned()) ? 0 : 1;
} finally {
  client.destroy();
  await dynamo.close();
  rmSync(dir, { recursive: true, force: true });
}

async function planned(): Promise<boolean> {
  const table = tableName('campaigns');
  const [campaigns, sends] = [dynamoCampaigns(table, client), dynamoSends(table, client)];
  const opened: SendMessage[] = [];
  const waiting: SendMessage[] = [];
  const put = (body: SendMessage) => (body.sendId === undefined ? waiting : opened).push(body);
  const queue = {
    send: async (body: SendMessage) => void put(body),
    sendAll: async (bodies: readonly SendMessage[]) => void bodies.forEach(put),
  };
  // Opening a send asks nobody outside.
  const deps = {
    ...{ campaigns, sends, queue, missedAfterMs: 6 * 3_600_000 },
  } as unknown as AdvanceDeps;
  const message = '오'.repeat(Math.ceil(bytes / 3));
  const variants = [{ id: '0', name: 'A', weight: 10_000, content: { title: '안녕하세요', message } }];
  const ids = Array.from({ length: count }, (_, index) => `c${index}`);
  await inParallel(ids, WORKERS * BATCH, (id) =>
    campaigns.create(recurringRow(AT - 1, undefined, { id, variants })),
  );
  const [cpu, began] = [cpuByProcess(process.pid), performance.now()];
  const seconds = () => (performance.now() - began) / 1000;
  let claimedAfter = 0;
  for (let minute = 0, claimed = 0; claimed < count; minute++) {
    const now = AT + minute * 60_000;
    const deadline = now + TICK_MS;
    const clock = () => now + (performance.now() - began);
    claimed += await queueDueSends(
      { due: dynamoDue(table, client), queue, clock },
      { ...ctx(now), deadline },
    );
    claimedAfter = seconds();
  }
  figure(`${count.toLocaleString('en')} campaigns due in one minute: claimed`, claimedAfter, 's');
  await inParallel(waiting.splice(0), WORKERS * BATCH, (body) => advanceSend(deps, ctx(AT + 60_000), body));
  const all = figure('sends opened, first steps queued', seconds(), 's', { atMost: AT_MOST_SECONDS });
  showCpu(cpu, cpuByProcess(process.pid), seconds());
  const once = new Set(opened.map(({ sendId }) => sendId)).size === count && opened.length === count;
  if (!once) console.log(`Not each campaign was opened once: ${opened.length} messages for ${count}`);
  return all && once;
}

function ctx(now: number) {
  return { actor: 'bench', requestId: 'r', now, deadline: now + TICK_MS };
}
