import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LEAN_LOGGER } from './lean-client.aws.ts';
import { WITHOUT_BINARY } from './plain-json.aws.ts';

/** The document client every DynamoDB adapter uses: `undefined` is left out, never stored. */
export const documentClient = (
  client = new DynamoDBClient({ ...LEAN_LOGGER, ...WITHOUT_BINARY }),
): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/** undefined instead of an error when the write's condition did not hold. */
export async function unlessRefused<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
