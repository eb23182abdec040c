/**
 * What an estimate reads, in a process of its own: lists in S3, and a DynamoDB that makes members up as they are asked
 * for, each call lasting as long as one in a region does. Run by bench/estimate.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startS3 } from '../local/aws/s3/index.ts';

const CALL_MS = 10;
const MIB = 2 ** 20;
/** What an attribute rule holds in memory before it writes a file, and what UNLOAD makes of a list of a million. */
const FILES = { plain: { bytes: 4 * MIB, zip: false }, gzip: { bytes: 32 * MIB, zip: true } } as const;

interface BatchGet {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly { readonly pk: { readonly S: string } }[] }>
  >;
}

const text = (S: string) => ({ S });
const consent = (granted: boolean) => ({
  M: { granted: { BOOL: granted }, at: text('2026-01-01T00:00:00.000Z'), how: text('sign-up form') },
});
const token = (userId: string) => ({
  M: { platform: text('FCM'), token: text(`${userId}:${'APA91b'.repeat(24)}`) },
});

/** Members differ: two of ten have no token, one of ten said no, half agreed to the night too. */
function memberRow(userId: string) {
  const kind = Number(userId.slice(-1));
  const push = { M: { advertising: consent(kind !== 3), ...(kind < 5 ? { night: consent(true) } : {}) } };
  return {
    pk: text(userId),
    texts: {
      M: { name: text('김철수'), email: text(`${userId}@example.com`), phone: text('+821012345678') },
    },
    pushTokens: { L: kind < 2 ? [] : [token(userId)] },
    consents: { M: { push, email: { M: { advertising: consent(true) } } } },
    attributes: { M: kind === 7 ? {} : { grade: text('GOLD') } },
  };
}

/** Every tenth member had a message today. */
const contactRow = (userId: string) =>
  Number(userId.slice(-2, -1)) === 4
    ? [{ pk: text(userId), revision: { N: '1' }, sends: { M: {} }, expiresAt: { N: '1' } }]
    : [];

function answered({ RequestItems }: BatchGet) {
  const rows = Object.entries(RequestItems).map(([table, { Keys }]) => {
    const ids = Keys.map(({ pk }) => pk.S);
    return [table, table === 'members' ? ids.map(memberRow) : ids.flatMap(contactRow)] as const;
  });
  return { Responses: Object.fromEntries(rows), UnprocessedKeys: {} };
}

/** `segments/<kind>/1/`: as many members as are asked for, one a line. */
async function writeList(client: S3Client, members: number, kind: keyof typeof FILES): Promise<void> {
  const { bytes, zip } = FILES[kind];
  let lines: string[] = [];
  let size = 0;
  let part = 0;
  const flush = async () => {
    const written = Buffer.from(lines.join(''));
    const Key = `segments/${kind}/1/part-${String(part++).padStart(5, '0')}${zip ? '.gz' : '.json'}`;
    await client.send(new PutObjectCommand({ Bucket: 'work', Key, Body: zip ? gzipSync(written) : written }));
    [lines, size] = [[], 0];
  };
  for (let index = 0; index < members; index++) {
    const line = `${JSON.stringify({ User: { UserId: `member-${String(index).padStart(9, '0')}` } })}\n`;
    lines.push(line);
    size += line.length;
    if (size >= bytes) await flush();
  }
  if (lines.length > 0) await flush();
}

const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
const s3 = await startS3({ dir, buckets: ['work'] });
const dynamo = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.stringify(answered(JSON.parse(Buffer.concat(chunks).toString()) as BatchGet));
    setTimeout(() => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(body);
    }, CALL_MS);
  });
});
await new Promise<void>((ready) => void dynamo.listen(0, '127.0.0.1', ready));
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' };
const client = new S3Client({
  endpoint: s3.url,
  region: 'ap-northeast-2',
  credentials,
  forcePathStyle: true,
});
for (const kind of ['plain', 'gzip'] as const) await writeList(client, Number(process.argv[2]), kind);
client.destroy();
process.send?.({ s3: s3.url, dynamo: `http://127.0.0.1:${(dynamo.address() as AddressInfo).port}` });
process.once('disconnect', () => {
  rmSync(dir, { recursive: true, force: true });
  process.exit();
});
