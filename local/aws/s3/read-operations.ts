import { createReadStream } from 'node:fs';
import type { S3Deps, S3Operation } from './deps.ts';
import { S3Error } from './errors.ts';
import { listKeys } from './listing.ts';
import { closeObject, type ObjectFacts, unquoted } from './objects.ts';
import type { Headers } from './receive.ts';
import { onlyKnown, type S3Request } from './request.ts';
import { document, element } from './xml.ts';

const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
const MAX_KEYS = 1000;

export const getObject: S3Operation = ({ objects }, request) => {
  onlyKnown(
    request,
    OVERRIDES.map((name) => `response-${name}`),
    [],
  );
  const { bucket = '', key = '' } = request;
  const found = objects.open(bucket, key);
  try {
    const answer = describe(found, request);
    if (answer.status === 304) {
      closeObject(found);
      return answer;
    }
    const { start, end } = answer.range;
    if (end < start) {
      closeObject(found);
      return { status: answer.status, headers: answer.headers, body: '' };
    }
    const body = createReadStream('', { fd: found.fd, start, end });
    return { status: answer.status, headers: answer.headers, body };
  } catch (error) {
    closeObject(found);
    throw error;
  }
};

export const headObject: S3Operation = ({ objects }, request) => {
  onlyKnown(request, [], []);
  const { bucket = '', key = '' } = request;
  const found = objects.find(bucket, key);
  if (!found) throw new S3Error('NotFound', 404, 'Not Found');
  const { status, headers } = describe(found, request);
  return { status, headers };
};

interface Described {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly range: { start: number; end: number };
}

function describe(found: ObjectFacts, request: S3Request): Described {
  const whole = { start: 0, end: found.size - 1 };
  const headers: Record<string, string> = {
    ...found.headers,
    etag: found.etag,
    'last-modified': new Date(found.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const name of OVERRIDES) {
    const override = request.query.get(`response-${name}`);
    if (override !== undefined) headers[name] = override;
  }
  if (notModified(found, request.headers)) return { status: 304, headers, range: whole };
  const range = requestedRange(request.headers['range'], found.size);
  const { start, end } = range ?? whole;
  headers['content-length'] = String(end - start + 1);
  if (range)
    return {
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${start}-${end}/${found.size}` },
      range,
    };
  if (found.checksum && request.headers['x-amz-checksum-mode'] === 'ENABLED') {
    headers[`x-amz-checksum-${found.checksum.name}`] = found.checksum.value;
    headers['x-amz-checksum-type'] = found.checksum.value.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT';
  }
  return { status: 200, headers, range: whole };
}

/** True for a 304; throws the 412 of If-Match and If-Unmodified-Since. */
function notModified(found: ObjectFacts, headers: Headers): boolean {
  const matches = (tags: string) =>
    tags.split(',').some((tag) => tag.trim() === '*' || unquoted(tag.trim()) === unquoted(found.etag));
  const seconds = Math.floor(found.modifiedAt / 1000) * 1000;
  const { 'if-match': ifMatch, 'if-unmodified-since': ifUnmodified } = headers;
  const { 'if-none-match': ifNoneMatch, 'if-modified-since': ifModified } = headers;
  const failed =
    ifMatch !== undefined
      ? !matches(ifMatch)
      : ifUnmodified !== undefined && seconds > Date.parse(ifUnmodified);
  if (failed) throw new S3Error('PreconditionFailed', 412, 'At least one of the preconditions did not hold');
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch);
  return ifModified !== undefined && seconds <= Date.parse(ifModified);
}

/** One `bytes=` range, inclusive; undefined for the whole object, as S3 answers a header it cannot read. */
function requestedRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end || start >= size)
    throw new S3Error('InvalidRange', 416, 'The requested range is not satisfiable', {
      'content-range': `bytes */${size}`,
    });
  return { start, end };
}

export const listObjectsV2: S3Operation = (deps, request) => {
  onlyKnown(
    request,
    [
      'list-type',
      'prefix',
      'delimiter',
      'max-keys',
      'continuation-token',
      'start-after',
      'encoding-type',
      'fetch-owner',
    ],
    ['x-amz-optional-object-attributes'],
  );
  const { bucket = '', query } = request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after =
    token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const maxKeys = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
  const { keys, commonPrefixes, next } = listKeys(deps.layout.bucket(bucket), {
    prefix,
    delimiter,
    after,
    maxKeys,
  });
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const root = element('ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: query.get('encoding-type'),
    MaxKeys: maxKeys,
    KeyCount: keys.length + commonPrefixes.length,
    IsTruncated: next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
    StartAfter: query.get('start-after'),
    Contents: keys.flatMap((key) => contents(deps, bucket, key, encode)),
    CommonPrefixes: commonPrefixes.map((common) => element('CommonPrefixes', { Prefix: encode(common) })),
  });
  return { status: 200, body: document(root) };
};

function contents({ objects }: S3Deps, bucket: string, key: string, encode: (text: string) => string) {
  const found = objects.find(bucket, key);
  if (!found) return [];
  const LastModified = new Date(found.modifiedAt).toISOString();
  return [
    element('Contents', {
      Key: encode(key),
      LastModified,
      ETag: found.etag,
      Size: found.size,
      StorageClass: 'STANDARD',
    }),
  ];
}

export const headBucket: S3Operation = (_deps, request) => {
  onlyKnown(request, [], []);
  return { status: 200, headers: { 'x-amz-bucket-region': 'ap-northeast-2' } };
};

export const listBuckets: S3Operation = ({ buckets }, request) => {
  onlyKnown(request, [], []);
  const entries = [...buckets]
    .sort()
    .map((Name) => element('Bucket', { Name, CreationDate: new Date(0).toISOString() }));
  const Buckets = element('Buckets', { Bucket: entries });
  return { status: 200, body: document(element('ListAllMyBucketsResult', { Buckets })) };
};
