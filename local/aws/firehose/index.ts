import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { GlueTableProperties } from '../athena/glue-table.ts';
import type { StreamLog } from '../kinesis/index.ts';
import { Delivery } from './delivery.ts';
import { type DeliveryProperties, deliveryShape } from './delivery-shape.ts';
import { LakeFiles } from './lake-files.ts';
import { Progress } from './progress.ts';

export interface FirehoseOptions {
  /** Resolved properties of each AWS::KinesisFirehose::DeliveryStream. */
  readonly deliveryStreams: readonly DeliveryProperties[];
  /** The local Kinesis, or its log alone. */
  readonly kinesis: { readonly log: StreamLog };
  readonly glueTables: readonly GlueTableProperties[];
  /** Checkpoints: `<dir>/<delivery stream>/`. */
  readonly dir: string;
  /** The folder of the local S3. */
  readonly s3Dir: string;
  /** What has arrived is written at least this often (default 2000); the template's buffering hints are for AWS. */
  readonly flushMs?: number;
}

export interface Firehose {
  /** Resolves when everything that is in the streams now is in the lake; rejects with what kept it from there. */
  flush(): Promise<void>;
  /** Finishes the batch that is being written, if any; the rest stays in the stream. */
  close(): Promise<void>;
}

/** So much waiting is written without waiting for the next turn. */
const FLUSH_BYTES = 8 * 1024 * 1024;

/** A local Firehose: from the Kinesis log on disk to Parquet in the lake's folder, laid out as Firehose does. */
export async function startFirehose(options: FirehoseOptions): Promise<Firehose> {
  const { kinesis, glueTables, dir, s3Dir, flushMs = 2_000 } = options;
  const { log } = kinesis;
  const shapes = options.deliveryStreams.map((properties) => deliveryShape(properties, glueTables));
  mkdirSync(dir, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
  const deliveries: Delivery[] = [];
  for (const shape of shapes) {
    if (!log.has(shape.sourceStream))
      throw new Error(
        `Delivery stream ${shape.name} reads the stream ${shape.sourceStream}, which is not there`,
      );
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    const files = new LakeFiles(shape, s3Dir, connection);
    deliveries.push(new Delivery(shape, { log, files, progress: new Progress(join(dir, shape.name)) }));
  }
  const stop = keepFlushing(deliveries, log, flushMs);
  return {
    async flush() {
      await Promise.all(deliveries.map((delivery) => delivery.drain()));
    },
    async close() {
      stop();
      await Promise.all(deliveries.map((delivery) => delivery.stop()));
      instance.closeSync();
    },
  };
}

/** Drains each stream in turn of time or of bytes. A failure is told and tried again: the records are still there. */
function keepFlushing(deliveries: readonly Delivery[], log: StreamLog, flushMs: number): () => void {
  const waiting = new Map<string, number>();
  const flush = (delivery: Delivery) => {
    waiting.delete(delivery.shape.sourceStream);
    if (delivery.isBehind)
      delivery.drain().catch((error: unknown) => console.error(`Firehose ${delivery.shape.name}:`, error));
  };
  const timer = setInterval(() => deliveries.forEach(flush), flushMs);
  const stopListening = log.onAppend((stream, _shard, bytes) => {
    const total = (waiting.get(stream) ?? 0) + bytes;
    waiting.set(stream, total);
    if (total < FLUSH_BYTES) return;
    for (const delivery of deliveries) if (delivery.shape.sourceStream === stream) flush(delivery);
  });
  return () => {
    clearInterval(timer);
    stopListening();
  };
}
