import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ChecksumName, digestOf } from './checksums.ts';
import { S3Error } from './errors.ts';
import type { Layout } from './keys.ts';
import { type ObjectMeta, unquoted } from './objects.ts';
import type { Received } from './receive.ts';

export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectMeta['headers'];
}

interface Part {
  readonly md5: string;
  readonly size: number;
  readonly checksum?: { readonly name: ChecksumName; readonly value: string };
}

const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Multipart uploads: parts as files under a folder of their own until the upload is completed or aborted. */
export class Uploads {
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  create(upload: Upload): string {
    const id = randomBytes(24).toString('base64url');
    mkdirSync(this.folder(id), { recursive: true });
    writeFileSync(join(this.folder(id), 'upload.json'), JSON.stringify(upload));
    return id;
  }

  /** Takes a part; a part sent again replaces the first. Returns its ETag. */
  put(id: string, where: { bucket: string; key: string }, partNumber: number, body: Received): string {
    this.find(id, where);
    if (!(partNumber >= 1 && partNumber <= 10_000))
      throw new S3Error(
        'InvalidArgument',
        400,
        'Part number must be an integer between 1 and 10000, inclusive',
      );
    const { size, md5, checksum } = body;
    const part: Part = { md5: md5.toString('hex'), size, ...(checksum ? { checksum } : {}) };
    renameSync(body.path, this.part(id, partNumber));
    writeFileSync(`${this.part(id, partNumber)}.json`, JSON.stringify(part));
    return `"${part.md5}"`;
  }

  /** Joins the listed parts into one body with its metadata. */
  async complete(
    id: string,
    where: { bucket: string; key: string },
    listed: readonly { partNumber: number; etag: string }[],
  ): Promise<{ body: Received; meta: ObjectMeta }> {
    const { headers } = this.find(id, where);
    const parts = listed.map(({ partNumber, etag }) => this.listedPart(id, partNumber, etag));
    checkOrder(listed, parts);
    const path = join(this.layout.temporary, randomUUID());
    for (const { partNumber } of listed)
      await pipeline(createReadStream(this.part(id, partNumber)), createWriteStream(path, { flags: 'a' }));
    const md5 = createHash('md5')
      .update(Buffer.from(parts.map((part) => part.md5).join(''), 'hex'))
      .digest();
    const checksum = composite(parts);
    const { size, mtimeMs } = statSync(path);
    const meta = {
      etag: `"${md5.toString('hex')}-${parts.length}"`,
      headers,
      ...(checksum ? { checksum } : {}),
    };
    return { body: { path, size, mtimeMs, md5 }, meta };
  }

  remove(id: string, where: { bucket: string; key: string }): void {
    this.find(id, where);
    rmSync(this.folder(id), { recursive: true });
  }

  private find(id: string, { bucket, key }: { bucket: string; key: string }): Upload {
    const upload = readJson<Upload>(join(this.folder(id), 'upload.json'));
    if (!upload || upload.bucket !== bucket || upload.key !== key)
      throw new S3Error('NoSuchUpload', 404, 'The specified upload does not exist');
    return upload;
  }

  private listedPart(id: string, partNumber: number, etag: string): Part {
    const part = readJson<Part>(`${this.part(id, partNumber)}.json`);
    if (!part || part.md5 !== unquoted(etag))
      throw new S3Error('InvalidPart', 400, `Part ${partNumber} was not uploaded with the ETag ${etag}`);
    return part;
  }

  private folder(id: string): string {
    if (!/^[\w-]{32}$/.test(id))
      throw new S3Error('NoSuchUpload', 404, 'The specified upload does not exist');
    return join(this.layout.temporary, 'uploads', id);
  }

  private part(id: string, partNumber: number): string {
    return join(this.folder(id), String(partNumber));
  }
}

function checkOrder(listed: readonly { partNumber: number }[], parts: readonly Part[]): void {
  if (parts.length === 0) throw new S3Error('MalformedXML', 400, 'The list of parts is empty');
  const numbers = listed.map(({ partNumber }) => partNumber);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
    throw new S3Error('InvalidPartOrder', 400, 'The list of parts was not in ascending order');
  if (parts.slice(0, -1).some(({ size }) => size < MIN_PART_BYTES))
    throw new S3Error('EntityTooSmall', 400, 'A part other than the last is smaller than 5 MiB');
}

/** The checksum of the parts' checksums, when every part has one of the same kind. */
function composite(parts: readonly Part[]): ObjectMeta['checksum'] | undefined {
  const name = parts[0]?.checksum?.name;
  if (name === undefined || parts.some((part) => part.checksum?.name !== name)) return undefined;
  const digest = digestOf(name);
  for (const { checksum } of parts) digest.update(Buffer.from(checksum?.value ?? '', 'base64'));
  return { name, value: `${digest.digest().toString('base64')}-${parts.length}` };
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
