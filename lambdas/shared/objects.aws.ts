import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

/** S3 removes so many a call. */
const MOST = 1_000;
/** An error names so many keys; more make no line of a log. */
const NAMED = 10;

/**
 * The object as S3 answers it; undefined when there is none. S3 says so only to who may list the bucket: others are refused,
 * which is thrown as any other error is.
 */
export async function objectAt(
  client: S3Client,
  place: GetObjectCommandInput,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await client.send(new GetObjectCommand(place));
  } catch (cause) {
    if (cause instanceof NoSuchKey) return undefined;
    throw cause;
  }
}

/** The object's text, in UTF-8; undefined when there is none (see `objectAt`). */
export async function textAt(client: S3Client, place: GetObjectCommandInput): Promise<string | undefined> {
  const found = await objectAt(client, place);
  return found && ((await found.Body?.transformToString('utf8')) ?? '');
}

/** The JSON in the object; undefined when there is none (see `objectAt`). Throws SyntaxError when it is no JSON. */
export async function jsonAt<Value>(
  client: S3Client,
  place: GetObjectCommandInput,
): Promise<Value | undefined> {
  const text = await textAt(client, place);
  return text === undefined ? undefined : (JSON.parse(text) as Value);
}

/** Writes an object of this JSON, in place of what was there. */
export async function putJson(
  client: S3Client,
  place: { readonly Bucket: string; readonly Key: string },
  value: unknown,
): Promise<void> {
  const Body = JSON.stringify(value);
  await client.send(new PutObjectCommand({ ...place, Body, ContentType: 'application/json' }));
}

/** All keys that begin with `Prefix`, in S3's order (bytes of their UTF-8), page by page as they are asked for. */
export async function* keysUnder(
  client: S3Client,
  place: { readonly Bucket: string; readonly Prefix: string },
): AsyncGenerator<string> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, place))
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
}

/** Removes objects; keys without one are passed over. Throws at the first call of which S3 left any, naming the keys. */
export async function removeObjects(
  client: S3Client,
  Bucket: string,
  keys: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  let batch: string[] = [];
  for await (const key of keys) {
    batch.push(key);
    if (batch.length < MOST) continue;
    await removeBatch(client, Bucket, batch);
    batch = [];
  }
  if (batch.length > 0) await removeBatch(client, Bucket, batch);
}

async function removeBatch(client: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
  // S3 answers 200 and lists what it did not remove.
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  if (Errors.length === 0) return;
  const named = Errors.slice(0, NAMED).map(({ Key, Code, Message }) => `${Key} (${Code}: ${Message})`);
  const more = Errors.length > NAMED ? `, and ${Errors.length - NAMED} more` : '';
  throw new Error(`S3 did not remove ${Errors.length} of ${keys.length} objects: ${named.join(', ')}${more}`);
}
