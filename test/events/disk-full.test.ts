import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import type { EventRow } from '../../lambdas/events/row.ts';
import { httpHandler, withJson } from '../../lambdas/shared/http.ts';
import { kinesisWriter } from '../../lambdas/shared/stream-writer.aws.ts';
import { type Kinesis, startKinesis } from '../../local/aws/kinesis/index.ts';
import { createClock } from '../../local/clock.ts';
import { client, temporaryFolder } from '../local/aws/support/folder.ts';
import { countedIds, memoryQuarantine, pseudonyms } from './quarantine/support/memory.ts';

const disk = temporaryFolder();
const clock = createClock();
const streams = [{ Name: 'events', ShardCount: 2 }];
let kinesis: Kinesis;

/** A disk of one MiB; only root may make one. */
function smallDisk(): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no small disk can be mounted here (it takes root), so a full one is not tried';
  }
}
const unmountable = smallDisk();
if (unmountable !== undefined) console.warn(unmountable);

beforeAll(async () => {
  if (unmountable === undefined) kinesis = await startKinesis({ dir: join(disk, 'log'), streams, clock });
});
afterAll(async () => {
  if (unmountable !== undefined) return;
  await kinesis.close();
  execFileSync('umount', [disk]);
});

const batch = (size: number) =>
  Array.from({ length: size }, (_, index) => ({
    event_id: randomUUID(),
    name: 'page_view',
    occurred_at: Date.now(),
    user_id: `u${index % 20}`,
    page: { url: `https://shop.example.com/${'x'.repeat(400)}` },
  }));
type Batch = ReturnType<typeof batch>;

function collector() {
  const stream = kinesisWriter('events', client(kinesis.url));
  const deps = { stream, quarantine: memoryQuarantine(), ids: countedIds(), pseudonyms };
  const handler = httpHandler({
    'POST /events': withJson(async ({ body }, ctx) => ({
      status: 202,
      body: await collectEvents(deps, ctx, { body, arrival: arrivalOf({ door: 'private' }, {}, ctx.now) }),
    })),
  });
  return async (events: Batch): Promise<number> => {
    const request = {
      httpMethod: 'POST',
      resource: '/events',
      headers: {},
      body: JSON.stringify(events),
      requestContext: { requestId: randomUUID(), identity: {} },
    } as unknown as APIGatewayProxyEvent;
    const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
    return (await handler(request, context)).statusCode;
  };
}

const rows = (): EventRow[] =>
  kinesis.log.shards('events').flatMap((shard) =>
    kinesis.log.read('events', shard, undefined, 10_000).flatMap(({ data }) =>
      data
        .toString()
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as EventRow])),
    ),
  );
const idsOf = (batches: readonly Batch[]): string[] => batches.flat().map(({ event_id: id }) => id);

it.skipIf(unmountable !== undefined)(
  'a full disk is answered with 503, loses nothing that was accepted, and takes the same batches once there is room',
  async () => {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(600_000));
    const post = collector();
    const [accepted, refused]: [Batch[], Batch[]] = [[], []];
    for (let sent = 0; sent < 40; sent++) {
      const events = batch(50 + (sent % 7));
      const status = await post(events);
      expect([202, 503]).toContain(status);
      (status === 202 ? accepted : refused).push(events);
    }
    expect(accepted.length).toBeGreaterThan(2);
    expect(refused.length).toBeGreaterThan(2);
    expect(rows().map(({ event_id: id }) => id)).toEqual(expect.arrayContaining(idsOf(accepted)));

    rmSync(join(disk, 'ballast'));
    for (const events of refused.slice(0, 10)) expect(await post(events)).toBe(202);
    const sent = [...accepted, ...refused.slice(0, 10)];
    // As it lies on the disk: read anew, as after a restart.
    await kinesis.close();
    kinesis = await startKinesis({ dir: join(disk, 'log'), streams, clock });
    const counted = new Set(rows().map(({ event_id: id }) => id));
    expect(idsOf(sent).filter((id) => !counted.has(id))).toEqual([]);
    const known = new Set(idsOf([...accepted, ...refused]));
    expect([...counted].filter((id) => !known.has(id))).toEqual([]);
  },
);
