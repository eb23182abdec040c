import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LEAN, LEAN_LOGGER, slim } from './lean-client.aws.ts';
import { WITHOUT_BINARY } from './plain-json.aws.ts';

const plainClients = new WeakMap<DynamoDBDocumentClient, DynamoDBClient>();

const plainClient = () => slim(new DynamoDBClient({ ...LEAN, ...WITHOUT_BINARY }));

/** The document client every DynamoDB adapter uses: `undefined` is left out, never stored. */
export function documentClient(client?: DynamoDBClient): DynamoDBDocumentClient {
  const document = DynamoDBDocumentClient.from(
    client ?? new DynamoDBClient({ ...LEAN_LOGGER, ...WITHOUT_BINARY }),
    // A map that a client named `constructor` is no class's instance, though it looks like one.
    { marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true } },
  );
  plainClients.set(document, client ?? plainClient());
  return document;
}

/**
 * The client beside a document client for commands in DynamoDB's own types, where every call counts: it keeps the chain
 * of a command's handlers, which the document client builds anew each time.
 */
export const plainClientOf = (document: DynamoDBDocumentClient): DynamoDBClient =>
  plainClients.get(document) ?? plainClient();

/** undefined instead of an error when the write's condition did not hold. */
export async function unlessRefused<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
