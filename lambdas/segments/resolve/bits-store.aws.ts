import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Bits } from '../ports.ts';

const compressed = promisify(gzip);

/** Files of the Glue table `segment_bits` in the work bucket. */
export const s3Bits = (Bucket: string, client = new S3Client({})): Bits => ({
  async writePart(partition, part, lines) {
    // Rows differ in their ids alone: the fastest level takes nearly as much away as the best.
    const Body = await compressed(lines, { level: constants.Z_BEST_SPEED });
    const Key = `segment_bits/resolution=${partition}/${part}.json.gz`;
    await client.send(new PutObjectCommand({ Bucket, Key, Body }));
  },
});
