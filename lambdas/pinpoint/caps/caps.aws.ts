import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../../shared/dynamodb.aws.ts';
import { inParallel } from '../../shared/parallel.ts';
import { batchGet } from '../endpoints/batch-get.aws.ts';
import { expiryOf, judge, type Taking } from './limits.ts';
import type { CapStatus, Caps } from './ports.ts';
import { type CapItem, fingerprintOf, itemOf, rowOf } from './row.ts';

/** Rows are written one by one, for each has its own condition; so many at a time keep the connections busy. */
const WRITES_IN_FLIGHT = 40;
const BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 500;

const SORT = 'cap';

interface Stored extends CapItem {
  readonly pk: string;
  /** Grows with each write: proof that nobody counted since the row was read. */
  readonly revision: number;
}

/**
 * Caps on one DynamoDB table with the string keys `pk` (`cap#<appId>#<endpointId>`) and `sk` (`cap`) and the TTL attribute
 * `expiresAt`: a row an endpoint, read in batches and written by a conditional put. Who loses a race reads again, so
 * takers side by side never count more than the cap.
 */
export function dynamoCaps(table: string, client: DynamoDBDocumentClient): Caps {
  const readAll = async (keys: readonly string[], consistent: boolean): Promise<Map<string, Stored>> => {
    const names = ['revision', 'recent', 'totals'];
    const items = await batchGet(client, table, keys, { names, consistent, sk: SORT });
    return new Map(items.map((item) => [String(item['pk']), item as unknown as Stored]));
  };
  const write = async (pk: string, before: Stored | undefined, item: CapItem, expiresAt: number) => {
    const condition =
      before === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'revision = :before',
            ExpressionAttributeValues: { ':before': before.revision },
          };
    const Item = { pk, sk: SORT, ...item, revision: (before?.revision ?? 0) + 1, expiresAt };
    const put = new PutCommand({ TableName: table, Item, ...condition });
    return (await unlessRefused(client.send(put))) !== undefined;
  };

  return {
    async take({ appId, campaignKey, activityId, limits }, endpointIds, now) {
      const taking: Taking = {
        campaign: fingerprintOf(campaignKey),
        run: fingerprintOf(activityId),
        limits,
      };
      const prefix = `cap#${appId}#`;
      const refused = new Map<string, CapStatus>();
      /** Counts the endpoint, or notes its refusal; false when somebody else wrote its row first. */
      const settle = async (pk: string, stored: Stored | undefined): Promise<boolean> => {
        const verdict = judge(rowOf(stored), taking, now);
        if (verdict.kind === 'refused') refused.set(pk.slice(prefix.length), verdict.status);
        if (verdict.kind !== 'count') return true;
        return write(pk, stored, itemOf(verdict.next), expiryOf(verdict.next, now));
      };
      let keys = [...new Set(endpointIds)].map((id) => prefix + id);
      for (let round = 0; keys.length > 0; round++) {
        if (round > 0) await sleep(Math.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** round));
        // A read that lags can only show too few messages, and then the write is refused.
        const rows = await readAll(keys, round > 0);
        const settled = await inParallel(keys, WRITES_IN_FLIGHT, (pk) => settle(pk, rows.get(pk)));
        keys = keys.filter((_, index) => !settled[index]);
      }
      return refused;
    },
  };
}
