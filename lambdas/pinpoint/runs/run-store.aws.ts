import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { PENDING } from '../delivery/outcomes.ts';
import type { RunStore, SliceHold } from './ports.ts';
import type { Checkpoint, RunRow, SliceRow } from './run.ts';

/** Rows of a run are working state; what lasts is in the ledger and in the activity. */
const KEEP_SECONDS = 90 * 24 * 60 * 60;

const RUN = 'run';
const partition = (activityId: string): string => `run#${activityId}`;
const sliceSort = (number: number): string => `slice#${String(number).padStart(5, '0')}`;

async function unlessRefused<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly add?: Readonly<Record<string, number>>;
  /** In terms of `#name` for attributes and `:name` for `given`. */
  readonly when: string;
  readonly given?: Readonly<Record<string, unknown>>;
}

/** `#a = :a` for each attribute: every name goes through a placeholder, since DynamoDB reserves hundreds of words. */
function expressionOf({ set, remove = [], add = {}, when, given = {} }: Change) {
  const parts = [
    Object.keys(set).length > 0 &&
      `SET ${Object.keys(set)
        .map((name) => `#${name} = :${name}`)
        .join(', ')}`,
    remove.length > 0 && `REMOVE ${remove.map((name) => `#${name}`).join(', ')}`,
    Object.keys(add).length > 0 &&
      `ADD ${Object.keys(add)
        .map((name) => `#${name} :${name}`)
        .join(', ')}`,
  ].filter((part) => part !== false);
  const named = [...when.matchAll(/#(\w+)/g)].map(([, name]) => name ?? '');
  const names = new Set([...Object.keys(set), ...remove, ...Object.keys(add), ...named]);
  return {
    UpdateExpression: parts.join(' '),
    ConditionExpression: when,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries({ ...set, ...add, ...given }).map(([name, value]) => [`:${name}`, value]),
    ),
  };
}

const HELD = '#owner = :owner';

/** Runs and slices on one DynamoDB table with the string keys `pk` (`run#<activityId>`) and `sk` (`run`, `slice#00001`). */
export function dynamoRunStore(tableName: string, client: DynamoDBDocumentClient): RunStore {
  const update = async <Row>(activityId: string, sk: string, change: Change): Promise<Row | undefined> => {
    const answer = await unlessRefused(
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { pk: partition(activityId), sk },
          ReturnValues: 'ALL_NEW',
          ...expressionOf(change),
        }),
      ),
    );
    return answer?.Attributes as Row | undefined;
  };
  const get = async <Row>(activityId: string, sk: string): Promise<Row | undefined> => {
    const answer = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk: partition(activityId), sk }, ConsistentRead: true }),
    );
    return answer.Item as Row | undefined;
  };
  /** `given` holds only what the expression does not set already. */
  const held = async (hold: SliceHold, set: Record<string, unknown>, remove: string[] = []) =>
    (await update<SliceRow>(hold.activityId, sliceSort(hold.number), {
      set,
      remove,
      when: HELD,
      given: { owner: hold.owner },
    })) !== undefined;
  const resolving = async (
    activityId: string,
    attempt: number,
    at: Checkpoint,
    set: Record<string, unknown>,
  ) =>
    (await update<RunRow>(activityId, RUN, {
      set: { lines: at.lines, slices: at.slices, metrics: at.metrics, ...set },
      when: '#attempt = :attempt AND #state = :resolving',
      given: { attempt, resolving: 'RESOLVING' },
    })) !== undefined;

  return {
    get: (activityId) => get<RunRow>(activityId, RUN),
    async takeUp({ activityId, appId, campaignId }, now, leaseUntil) {
      const fresh: RunRow = {
        activityId,
        appId,
        campaignId,
        state: 'RESOLVING',
        attempt: 1,
        leaseUntil,
        queued: false,
        doneSlices: 0,
        lines: 0,
        slices: 0,
        metrics: {},
      };
      const created = await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { pk: partition(activityId), sk: RUN, ...fresh, expiresAt: expiry(now) },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      if (created) return fresh;
      return update<RunRow>(activityId, RUN, {
        set: { leaseUntil },
        add: { attempt: 1 },
        when: '#state = :resolving AND #leaseUntil <= :now',
        given: { resolving: 'RESOLVING', now },
      });
    },
    checkpoint: (activityId, attempt, at, leaseUntil) => resolving(activityId, attempt, at, { leaseUntil }),
    resolved: (activityId, attempt, at) =>
      resolving(activityId, attempt, at, { leaseUntil: 0, state: 'RUNNING' }),
    async markQueued(activityId) {
      await update(activityId, RUN, { set: { queued: true }, when: 'attribute_exists(#pk)' });
    },
    async move(activityId, from, to) {
      const given = Object.fromEntries(from.map((state, index) => [`from${index}`, state]));
      const moved = await update(activityId, RUN, {
        set: { state: to },
        when: `#state IN (${Object.keys(given)
          .map((name) => `:${name}`)
          .join(', ')})`,
        given,
      });
      return moved !== undefined;
    },
    async grant(activityId, now) {
      const granted = await update(activityId, RUN, {
        set: { grantedAt: now },
        when: '#state = :running',
        given: { running: 'RUNNING' },
      });
      return granted !== undefined;
    },
    countDone: (activityId) =>
      update<RunRow>(activityId, RUN, { set: {}, add: { doneSlices: 1 }, when: 'attribute_exists(#pk)' }),

    async putSlice(slice, now) {
      const row: Omit<SliceRow, 'owner'> = {
        ...slice,
        done: false,
        states: PENDING.repeat(slice.entries),
        skippedWritten: Object.keys(slice.skipped).length === 0,
        round: 0,
        notBefore: 0,
        leaseUntil: 0,
      };
      await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: partition(slice.activityId),
              sk: sliceSort(slice.number),
              ...row,
              expiresAt: expiry(now),
            },
            ConditionExpression: 'attribute_not_exists(pk) OR #attempt < :attempt',
            ExpressionAttributeNames: { '#attempt': 'attempt' },
            ExpressionAttributeValues: { ':attempt': slice.attempt },
          }),
        ),
      );
    },
    slice: (activityId, number) => get<SliceRow>(activityId, sliceSort(number)),
    slices: (activityId) => allSlices(client, tableName, activityId),
    takeSlice: ({ activityId, number, owner }, now, leaseUntil) =>
      update<SliceRow>(activityId, sliceSort(number), {
        set: { owner, leaseUntil, notBefore: 0 },
        when: '#done = :open AND #leaseUntil <= :now',
        given: { open: false, now },
      }),
    claim: (hold, { states, skippedWritten }, leaseUntil) =>
      held(hold, { states, skippedWritten, leaseUntil }),
    release: (hold, { states, skippedWritten }, { round, notBefore }) =>
      held(hold, { states, skippedWritten, round, notBefore, leaseUntil: 0 }, ['owner']),
    finish: (hold, states) =>
      held(hold, { states, skippedWritten: true, done: true, leaseUntil: 0 }, ['owner']),
  };
}

const expiry = (now: number): number => Math.floor(now / 1000) + KEEP_SECONDS;

async function allSlices(
  client: DynamoDBDocumentClient,
  tableName: string,
  activityId: string,
): Promise<SliceRow[]> {
  const rows: SliceRow[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :slice)',
        ExpressionAttributeValues: { ':pk': partition(activityId), ':slice': 'slice#' },
        ConsistentRead: true,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    rows.push(...((answer.Items ?? []) as SliceRow[]));
    from = answer.LastEvaluatedKey;
  } while (from);
  return rows;
}
