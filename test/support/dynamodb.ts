import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

export interface DynamoDb {
  /** For `dynamoAt` and `createTables`: it may hold the account's access key id as the user. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * A DynamoDB without tables, of the caller's own: dynalite in this process, or an account at the address in REPOINT_DYNAMODB
 * (DynamoDB Local keeps the tables of each access key apart). `npm run test:conformance` gives one.
 */
export async function startDynamoDb(): Promise<DynamoDb> {
  const shared = process.env['REPOINT_DYNAMODB'];
  if (shared !== undefined) {
    const url = new URL(shared);
    url.username = randomUUID().replaceAll('-', '');
    return { url: url.href, close: async () => {} };
  }
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
