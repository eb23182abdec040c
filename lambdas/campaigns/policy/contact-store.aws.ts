import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { type Contact, type Contacts, REMEMBERED_MS } from './caps.ts';
import type { ContactEraser, ContactRow, ContactStore } from './ports.ts';

/**
 * Contacts in the table `contacts`: `pk` = userId, one row a member, so that counts are spread as evenly as members are;
 * `sends` maps a send's id to its contact, `expiresAt` is the TTL attribute.
 */
export function dynamoContacts(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): ContactStore & ContactEraser {
  return {
    async batch(userIds, { consistent }) {
      const rows = await getItems(client, table, [...new Set(userIds)], {
        names: ['sends', 'revision'],
        consistent,
      });
      return new Map(
        rows.map(({ pk, sends, revision }): [string, ContactRow] => [
          String(pk),
          { contacts: new Map(Object.entries(sends as Record<string, Contact>)), revision: Number(revision) },
        ]),
      );
    },
    async forget(userId) {
      await client.send(new DeleteCommand({ TableName: table, Key: { pk: userId } }));
    },
    async put(userId, contacts, expecting) {
      const condition =
        expecting === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :expecting',
              ExpressionAttributeValues: { ':expecting': expecting },
            };
      const Item = {
        pk: userId,
        sends: Object.fromEntries(contacts),
        revision: expecting + 1,
        expiresAt: expiryOf(contacts),
      };
      const write = client.send(new PutCommand({ TableName: table, Item, ...condition }));
      return (await unlessRefused(write)) !== undefined;
    },
  };
}

/** When the youngest contact counts no more, in epoch seconds. */
const expiryOf = (contacts: Contacts): number =>
  Math.ceil((Math.max(0, ...[...contacts.values()].map(({ at }) => at)) + REMEMBERED_MS) / 1000);
