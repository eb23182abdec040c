import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckType, quoteName, quoteText } from '../athena/glue-types.ts';
import type { Batch, PartitionRows, Rejected } from './batch.ts';
import type { DeliveryShape } from './delivery-shape.ts';
import { formatUtc } from './prefix.ts';
import type { Intent } from './progress.ts';

/** Writes batches into the bucket's folder: each file appears whole, under a name that its range of the stream gives. */
export class LakeFiles {
  private readonly shape: DeliveryShape;
  private readonly s3Dir: string;
  private readonly connection: DuckDBConnection;

  constructor(shape: DeliveryShape, s3Dir: string, connection: DuckDBConnection) {
    this.shape = shape;
    this.s3Dir = s3Dir;
    this.connection = connection;
  }

  async write(batch: Batch, intent: Intent): Promise<void> {
    const name = fileName(this.shape.name, intent);
    for (const group of batch.partitions.values()) await this.writeRows(group, name, intent.at);
    const types = new Set(batch.rejected.map(({ errorType }) => errorType));
    for (const errorType of types)
      this.writeRejected(
        batch.rejected.filter((rejected) => rejected.errorType === errorType),
        name,
        intent.at,
      );
  }

  private async writeRows({ partition, rows }: PartitionRows, name: string, at: number): Promise<void> {
    const key = `${this.shape.prefix({ at, partition })}${name}.parquet`;
    const lines = this.temporary('json');
    const parquet = this.temporary('parquet');
    try {
      writeFileSync(lines, rows.join('\n'));
      const columns = this.shape.columns.map(
        ({ name: column, type }) => `${quoteText(column)}: ${quoteText(duckType(type))}`,
      );
      const names = this.shape.columns.map(({ name: column }) => quoteName(column)).join(', ');
      const from = `read_json(${quoteText(lines)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
      await this.connection.run(
        `COPY (SELECT ${names} FROM ${from}) TO ${quoteText(parquet)} (FORMAT parquet, COMPRESSION ${this.shape.compression})`,
      );
      this.publish(parquet, key);
    } finally {
      rmSync(lines, { force: true });
      rmSync(parquet, { force: true });
    }
  }

  private writeRejected(rejected: readonly Rejected[], name: string, at: number): void {
    const [first] = rejected;
    if (!first) return;
    const file = this.temporary('errors');
    writeFileSync(file, rejected.map((one) => `${JSON.stringify(this.errorRecord(one, at))}\n`).join(''));
    this.publish(
      file,
      `${this.shape.errorPrefix({ at, partition: new Map(), errorType: first.errorType })}${name}`,
    );
  }

  private errorRecord(
    { errorCode, errorMessage, raw, record, subSequence, errorType }: Rejected,
    at: number,
  ) {
    return {
      attemptsMade: 1,
      arrivalTimestamp: record.arrivedAt,
      errorCode,
      errorMessage,
      attemptEndingTimestamp: at,
      rawData: raw.toString('base64'),
      sequenceNumber: record.sequenceNumber,
      subSequenceNumber: subSequence,
      ...(errorType === 'format-conversion-failed' ? { dataCatalogTable: this.shape.catalogTable } : {}),
    };
  }

  /** One name per delivery stream: it writes one file after the other, and a crash leaves no litter. */
  private temporary(kind: string): string {
    const dir = join(this.s3Dir, '.tmp');
    mkdirSync(dir, { recursive: true });
    return join(dir, `firehose-${this.shape.name}.${kind}`);
  }

  private publish(path: string, key: string): void {
    const target = join(this.s3Dir, this.shape.bucket, ...key.split('/'));
    mkdirSync(dirname(target), { recursive: true });
    renameSync(path, target);
  }
}

/** `<stream>-1-<time>-<id>` as Firehose names files; the id is of the range, so the same range has the same name. */
export function fileName(stream: string, { from, through, at }: Intent): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([stream, from, through]))
    .digest('hex');
  const id = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ];
  return `${stream}-1-${formatUtc('yyyy-MM-dd-HH-mm-ss', at)}-${id.join('-')}`;
}
