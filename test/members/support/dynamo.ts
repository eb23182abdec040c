import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll } from 'vitest';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { startDynamoDb } from '../../support/dynamodb.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';

export interface Dynamo {
  readonly client: DynamoDBDocumentClient;
  readonly members: string;
  readonly states: string;
  readonly erasures: string;
  readonly attributes: string;
  readonly close: () => Promise<void>;
}

/** The deployed templates' member tables on an embedded DynamoDB in memory. */
export async function startDynamo(): Promise<Dynamo> {
  const dynamoDb = await startDynamoDb();
  await createTables(dynamoDb.url, 'members', 'member-state', 'erasures', 'member-attributes');
  const client = dynamoAt(dynamoDb.url);
  return {
    client: documentClient(client),
    members: tableName('members'),
    states: tableName('member-state'),
    erasures: tableName('erasures'),
    attributes: tableName('member-attributes'),
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}

/** The tables while the tests of the calling file run. */
export async function dynamoOfFile(): Promise<Dynamo> {
  const dynamo = await startDynamo();
  afterAll(dynamo.close);
  return dynamo;
}

/** For tests that share a table: each call begins the keys of one test. */
export function prefixes(): () => string {
  let tests = 0;
  return () => `t${tests++}-`;
}
