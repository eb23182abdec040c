/**
 * A process to be killed: appends lines to the stream as fast as they go, with a Firehose that writes all the time.
 * Usage: firehose-child.ts <dir> <first id>; prints each id once it is acknowledged.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFirehose } from '../../../../local/aws/firehose/index.ts';
import { StreamLog } from '../../../../local/aws/kinesis/stream-log.ts';
import { streamShape } from '../../../../local/aws/kinesis/stream-properties.ts';
import { deliveryStream, eventLine, glueTables } from './lake.ts';

const [dir = '', first = '0'] = process.argv.slice(2);
const log = new StreamLog({
  dir: join(dir, 'kinesis'),
  streams: [streamShape({ Name: 'events', ShardCount: 2 })],
  clock: { now: Date.now },
});
const deliveryStreams = [deliveryStream('events', 'events_raw', ['filed', 'day'])];
await startFirehose({
  deliveryStreams,
  kinesis: { log },
  glueTables,
  dir: join(dir, 'firehose'),
  s3Dir: join(dir, 's3'),
  flushMs: 10,
});

for (let id = Number(first); ; id += 20) {
  const lines = Array.from({ length: 20 }, (_, n) => JSON.stringify(eventLine({ event_id: `e${id + n}` })));
  log.append('events', [{ partitionKey: `k${id % 7}`, data: Buffer.from(`${lines.join('\n')}\n`) }]);
  for (let n = 0; n < 20; n++) writeSync(1, `e${id + n}\n`);
  await sleep(2);
}
