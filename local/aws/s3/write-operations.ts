import type { S3Deps, S3Operation } from './deps.ts';
import { notImplemented, S3Error } from './errors.ts';
import type { ObjectMeta } from './objects.ts';
import { type Headers, type Received, receive } from './receive.ts';
import { onlyKnown, readXml, type S3Request } from './request.ts';
import { document, element, sections, textOf } from './xml.ts';

const KEPT = [
  'content-type',
  'cache-control',
  'content-encoding',
  'content-disposition',
  'content-language',
  'expires',
];
const BODY_HEADERS = [
  'x-amz-meta-*',
  'x-amz-checksum-*',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  // Tags are for lifecycle rules, and nothing expires here.
  'x-amz-tagging',
];
const MAX_DELETE = 1000;

/** What is kept of a write's headers. `aws-chunked` is how the body travelled, not what the object is. */
function keptHeaders(headers: Headers): ObjectMeta['headers'] {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || !(KEPT.includes(name) || name.startsWith('x-amz-meta-'))) continue;
    const own =
      name === 'content-encoding' ? value.replace(/\s*aws-chunked\s*,?/, '').replace(/,\s*$/, '') : value;
    if (own !== '') kept[name] = own;
  }
  return kept;
}

const receiveBody = ({ layout }: S3Deps, request: S3Request): Promise<Received> =>
  receive(request.body, request.headers, layout.temporary);

function writtenHeaders(etag: string, checksum: ObjectMeta['checksum']): Record<string, string> {
  return checksum ? { etag, [`x-amz-checksum-${checksum.name}`]: checksum.value } : { etag };
}

export const putObject: S3Operation = async (deps, request) => {
  onlyKnown(request, [], BODY_HEADERS);
  const { bucket = '', key = '', headers } = request;
  deps.layout.object(bucket, key);
  const body = await receiveBody(deps, request);
  const etag = `"${body.md5.toString('hex')}"`;
  const { checksum } = body;
  const meta = { etag, headers: keptHeaders(headers), ...(checksum ? { checksum } : {}) };
  const conditions = { ifNoneMatch: headers['if-none-match'], ifMatch: headers['if-match'] };
  deps.objects.put(bucket, key, body, meta, conditions);
  return { status: 200, headers: writtenHeaders(etag, checksum) };
};

export const copyObject: S3Operation = ({ objects, buckets }, request) => {
  onlyKnown(request, [], [...BODY_HEADERS, 'x-amz-copy-source', 'x-amz-metadata-directive']);
  const { bucket = '', key = '', headers } = request;
  const source = decodeURIComponent(headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
  const slash = source.indexOf('/');
  const from = { bucket: source.slice(0, slash), key: source.slice(slash + 1) };
  if (from.key.includes('?versionId=')) throw notImplemented('versions');
  if (!buckets.has(from.bucket))
    throw new S3Error('NoSuchBucket', 404, `The specified bucket does not exist: ${from.bucket}`);
  const replace = headers['x-amz-metadata-directive'] === 'REPLACE';
  const copied = objects.copy(from, { bucket, key }, replace ? keptHeaders(headers) : undefined);
  const LastModified = new Date(copied.modifiedAt).toISOString();
  return { status: 200, body: document(element('CopyObjectResult', { LastModified, ETag: copied.etag })) };
};

export const deleteObject: S3Operation = ({ objects }, request) => {
  onlyKnown(request, [], []);
  objects.delete(request.bucket ?? '', request.key ?? '');
  return { status: 204 };
};

export const deleteObjects: S3Operation = async ({ objects }, request) => {
  onlyKnown(request, ['delete'], ['x-amz-checksum-*']);
  const xml = await readXml(request.body);
  const entries = sections(xml, 'Object');
  if (entries.length === 0 || entries.length > MAX_DELETE)
    throw new S3Error(
      'MalformedXML',
      400,
      `A call deletes 1 to ${MAX_DELETE} objects, not ${entries.length}`,
    );
  const results = entries.map((entry) => {
    const Key = textOf(entry, 'Key') ?? '';
    try {
      objects.delete(request.bucket ?? '', Key);
      return { deleted: element('Deleted', { Key }) };
    } catch (error) {
      const { code, message } =
        error instanceof S3Error ? error : new S3Error('InternalError', 500, String(error));
      return { failed: element('Error', { Key, Code: code, Message: message }) };
    }
  });
  const quiet = textOf(xml, 'Quiet') === 'true';
  const root = element('DeleteResult', {
    Deleted: quiet ? undefined : results.flatMap(({ deleted }) => deleted ?? []),
    Error: results.flatMap(({ failed }) => failed ?? []),
  });
  return { status: 200, body: document(root) };
};

export const createMultipartUpload: S3Operation = ({ layout, uploads }, request) => {
  onlyKnown(request, ['uploads'], [...BODY_HEADERS, 'x-amz-checksum-algorithm', 'x-amz-checksum-type']);
  const { bucket = '', key = '', headers } = request;
  layout.object(bucket, key);
  const UploadId = uploads.create({ bucket, key, headers: keptHeaders(headers) });
  const root = element('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId });
  const algorithm = headers['x-amz-checksum-algorithm'];
  return {
    status: 200,
    headers: algorithm ? { 'x-amz-checksum-algorithm': algorithm } : {},
    body: document(root),
  };
};

export const uploadPart: S3Operation = async (deps, request) => {
  onlyKnown(request, ['partNumber', 'uploadId'], ['x-amz-checksum-*']);
  const { bucket = '', key = '', query } = request;
  const body = await receiveBody(deps, request);
  const etag = deps.uploads.put(
    query.get('uploadId') ?? '',
    { bucket, key },
    Number(query.get('partNumber')),
    body,
  );
  return { status: 200, headers: writtenHeaders(etag, body.checksum) };
};

export const completeMultipartUpload: S3Operation = async ({ objects, uploads }, request) => {
  onlyKnown(request, ['uploadId'], ['x-amz-checksum-*', 'x-amz-mp-object-size']);
  const { bucket = '', key = '', query, headers } = request;
  const id = query.get('uploadId') ?? '';
  const parts = sections(await readXml(request.body), 'Part').map((part) => ({
    partNumber: Number(textOf(part, 'PartNumber')),
    etag: textOf(part, 'ETag') ?? '',
  }));
  const { body, meta } = await uploads.complete(id, { bucket, key }, parts);
  objects.put(bucket, key, body, meta, {
    ifNoneMatch: headers['if-none-match'],
    ifMatch: headers['if-match'],
  });
  uploads.remove(id, { bucket, key });
  const root = element('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: meta.etag });
  return { status: 200, body: document(root) };
};

export const abortMultipartUpload: S3Operation = ({ uploads }, request) => {
  onlyKnown(request, ['uploadId'], []);
  uploads.remove(request.query.get('uploadId') ?? '', {
    bucket: request.bucket ?? '',
    key: request.key ?? '',
  });
  return { status: 204 };
};
