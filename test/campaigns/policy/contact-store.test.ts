import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoContacts } from '../../../lambdas/campaigns/policy/contact-store.aws.ts';
import { tableName } from '../../support/tables.ts';
import { contactStoreContract } from './contact-store.contract.ts';
import { memoryContacts } from './support/memory.ts';
import { DAY, seoul } from './support/rules.ts';
import { type Dynamo, startTables } from './support/tables.ts';

let dynamo: Dynamo;
beforeAll(async () => {
  dynamo = await startTables('contacts');
});
afterAll(() => dynamo.close());

const table = tableName('contacts');

describe('contacts on DynamoDB', () => {
  contactStoreContract(() => dynamoContacts(table, dynamo.client));

  it('expire when the youngest of them counts no more', async () => {
    const at = seoul('2026-11-22T12:00');
    const contacts = new Map([
      ['a', { at: at - 3 * DAY, channel: 'sms' as const }],
      ['b', { at, channel: 'push' as const }],
    ]);
    await dynamoContacts(table, dynamo.client).put('kim', contacts, 0);
    const { Item } = await dynamo.client.send(new GetCommand({ TableName: table, Key: { pk: 'kim' } }));
    expect(Item?.['expiresAt']).toBe((at + 8 * DAY) / 1000);
  });
});

describe('contacts in memory', () => contactStoreContract(memoryContacts));
