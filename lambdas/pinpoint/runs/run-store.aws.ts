import { type AttributeValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { plainClientOf, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { PENDING } from '../delivery/outcomes.ts';
import { shiftMs } from '../delivery/pace.ts';
import type { ControlChange, GrantAsk, RunStore, SliceHold } from './ports.ts';
import type { Checkpoint, RunRow, RunState, SliceRow } from './run.ts';

/** Rows of a run are working state, of one that rests or is slow for months, too; what lasts is in the ledger and in the activity. */
const KEEP_SECONDS = 400 * 24 * 60 * 60;

const RUN = 'run';
const partition = (activityId: string): string => `run#${activityId}`;
const sliceSort = (number: number): string => `slice#${String(number).padStart(5, '0')}`;

interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly add?: Readonly<Record<string, number>>;
  /** In terms of `#name` for attributes and `:name` for `given`. */
  readonly when: string;
  readonly given?: Readonly<Record<string, unknown>>;
}

/** `#a = :a` for each attribute: every name goes through a placeholder, since DynamoDB reserves hundreds of words. */
function expressionOf(
  set: readonly string[],
  remove: readonly string[],
  add: readonly string[],
  when: string,
) {
  const parts = [
    set.length > 0 && `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}`,
    remove.length > 0 && `REMOVE ${remove.map((name) => `#${name}`).join(', ')}`,
    add.length > 0 && `ADD ${add.map((name) => `#${name} :${name}`).join(', ')}`,
  ].filter((part) => part !== false);
  const named = [...when.matchAll(/#(\w+)/g)].map(([, name]) => name ?? '');
  const names = new Set([...set, ...remove, ...add, ...named]);
  return {
    UpdateExpression: parts.join(' '),
    ConditionExpression: when,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
  };
}

type Expression = ReturnType<typeof expressionOf>;

/** By what they change and when: there are few, and each is needed for every call to a provider. */
const expressions = new Map<string, Expression>();

function updateOf({ set, remove = [], add = {}, when, given = {} }: Change) {
  const [sets, adds] = [Object.keys(set), Object.keys(add)];
  const key = `${sets.join()} ${remove.join()} ${adds.join()} ${when}`;
  let expression = expressions.get(key);
  if (!expression) {
    expression = expressionOf(sets, remove, adds, when);
    expressions.set(key, expression);
  }
  const values: Record<string, unknown> = {};
  for (const source of [set, add, given])
    for (const [name, value] of Object.entries(source)) values[`:${name}`] = value;
  return { ...expression, ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) };
}

const rowOf = <Row>(item: Record<string, AttributeValue> | undefined): Row | undefined =>
  item && (unmarshall(item) as Row);

const HELD = '#owner = :owner';

/** Runs and slices on one DynamoDB table with the string keys `pk` (`run#<activityId>`) and `sk` (`run`, `slice#00001`). */
export function dynamoRunStore(tableName: string, client: DynamoDBDocumentClient): RunStore {
  const plain = plainClientOf(client);
  const send = (activityId: string, sk: string, change: Change, ReturnValues: 'ALL_NEW' | 'NONE') =>
    unlessRefused(
      plain.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: partition(activityId) }, sk: { S: sk } },
          ReturnValues,
          ...updateOf(change),
        }),
      ),
    );
  /** The row as it is after the change; undefined when its condition did not hold. */
  const update = async <Row>(activityId: string, sk: string, change: Change): Promise<Row | undefined> =>
    rowOf<Row>((await send(activityId, sk, change, 'ALL_NEW'))?.Attributes);
  /** Whether the change's condition held. */
  const changed = async (activityId: string, sk: string, change: Change): Promise<boolean> =>
    (await send(activityId, sk, change, 'NONE')) !== undefined;
  const get = async <Row>(activityId: string, sk: string): Promise<Row | undefined> => {
    const answer = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk: partition(activityId), sk }, ConsistentRead: true }),
    );
    return answer.Item as Row | undefined;
  };
  /** `given` holds only what the expression does not set already. */
  const held = async (hold: SliceHold, set: Record<string, unknown>, remove: string[] = []) =>
    changed(hold.activityId, sliceSort(hold.number), {
      set,
      remove,
      when: HELD,
      given: { owner: hold.owner },
    });
  const resolving = async (
    activityId: string,
    attempt: number,
    at: Checkpoint,
    set: Record<string, unknown>,
  ) =>
    changed(activityId, RUN, {
      set: { lines: at.lines, slices: at.slices, metrics: at.metrics, ...set },
      when: '#attempt = :attempt AND #state = :resolving',
      given: { attempt, resolving: 'RESOLVING' },
    });

  return {
    get: (activityId) => get<RunRow>(activityId, RUN),
    async takeUp({ paused, ratePerMinute, endBy, ...run }, now, leaseUntil) {
      const controls = withoutAbsent({ paused, ratePerMinute, endBy });
      const { activityId } = run;
      const fresh: RunRow = {
        ...run,
        state: 'RESOLVING',
        attempt: 1,
        leaseUntil,
        queued: false,
        doneSlices: 0,
        lines: 0,
        slices: 0,
        metrics: {},
        epoch: 1,
        nextSlice: 1,
        nextAt: 0,
        grantedAt: 0,
        tried: 0,
        failed: 0,
        ...controls,
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
      await changed(activityId, RUN, { set: { queued: true }, when: 'attribute_exists(#pk)' });
    },
    control: async (activityId, change, unlessPaused = false) => {
      for (;;) {
        const run = await get<RunRow>(activityId, RUN);
        if (!run || !IN_HAND.includes(run.state) || (unlessPaused && run.paused !== undefined))
          return undefined;
        const after = await update<RunRow>(activityId, RUN, controlled(run, change));
        if (after) return after;
      }
    },
    nextSlice: (activityId) =>
      update<RunRow>(activityId, RUN, {
        set: {},
        add: { nextSlice: 1 },
        when: '#state IN (:running, :cancelled) AND #nextSlice <= #slices',
        given: { running: 'RUNNING', cancelled: 'CANCELLED' },
      }),
    async move(activityId, from, to) {
      const given = Object.fromEntries(from.map((state, index) => [`from${index}`, state]));
      return changed(activityId, RUN, {
        set: { state: to },
        when: `#state IN (${Object.keys(given)
          .map((name) => `:${name}`)
          .join(', ')})`,
        given,
      });
    },
    async grant(activityId, ask) {
      const run = await update<RunRow>(activityId, RUN, granted(ask));
      if (!run) return { granted: false, run: await get<RunRow>(activityId, RUN) };
      return { granted: true, startAt: ask.costMs > 0 ? run.nextAt - ask.costMs : ask.now, run };
    },
    countDone: (activityId) =>
      update<RunRow>(activityId, RUN, { set: {}, add: { doneSlices: 1 }, when: 'attribute_exists(#pk)' }),

    async putSlice(slice, now) {
      const row: Omit<SliceRow, 'owner'> = {
        ...slice,
        done: false,
        states: PENDING.repeat(slice.entries),
        legend: { reasons: [], times: [] },
        skippedWritten: Object.keys(slice.skipped).length === 0,
        round: 0,
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
        when: '#done = :open AND #leaseUntil <= :now AND #notBefore <= :now',
        given: { open: false, now },
      }),
    claim: (hold, { states, legend, skippedWritten }, leaseUntil) =>
      held(hold, { states, legend, skippedWritten, leaseUntil }),
    release: (hold, { states, legend, skippedWritten }, { round, notBefore }) =>
      held(hold, { states, legend, skippedWritten, round, notBefore, leaseUntil: 0 }, ['owner']),
    finish: (hold, { states, legend }) =>
      held(hold, { states, legend, skippedWritten: true, done: true, leaseUntil: 0 }, ['owner']),
  };
}

const IN_HAND: readonly RunState[] = ['RESOLVING', 'RUNNING'];

const withoutAbsent = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

/** The update that grants a call: with a rate it moves nextAt on from where it stands, or from now when it lies behind. */
function granted({ epoch, now, costMs, ahead, horizonMs, tried, failed }: GrantAsk): Change {
  const report = { ...(tried > 0 ? { tried } : {}), ...(failed > 0 ? { failed } : {}) };
  const open = '#state = :running AND attribute_not_exists(#paused) AND #epoch = :epoch';
  const given = { running: 'RUNNING', epoch };
  if (costMs === 0) return { set: { grantedAt: now }, add: report, when: open, given };
  if (!ahead)
    return {
      set: { grantedAt: now, nextAt: now + costMs },
      add: report,
      when: `${open} AND #nextAt <= :now`,
      given: { ...given, now },
    };
  return {
    set: { grantedAt: now },
    add: { ...report, nextAt: costMs },
    when: `${open} AND #nextAt BETWEEN :now AND :horizon`,
    given: { ...given, now, horizon: now + horizonMs },
  };
}

/** A change of the controls. nextAt moves by a difference, so that a grant at the same moment keeps what it booked. */
function controlled(run: RunRow, { paused, ratePerMinute, failuresAccepted }: ControlChange): Change {
  const rate = ratePerMinute === undefined ? run.ratePerMinute : (ratePerMinute ?? undefined);
  const shift = shiftMs(run.ratePerMinute, rate);
  return {
    set: { epoch: run.epoch + 1, ...withoutAbsent({ paused, ratePerMinute, failuresAccepted }) },
    ...(shift === 0 ? {} : { add: { nextAt: shift } }),
    remove: [...(paused === null ? ['paused'] : []), ...(ratePerMinute === null ? ['ratePerMinute'] : [])],
    when: '#epoch = :before AND #state = :state',
    given: { before: run.epoch, state: run.state },
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
