import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { awsJson } from '../../wire/aws-json.ts';
import { serve } from '../../wire/server.ts';
import { list, number, struct, text } from '../../wire/shape.ts';
import type { Invoke } from '../lambda-api/index.ts';
import { limiter } from './limiter.ts';
import { type Rule, ruleOf, type Target } from './rule.ts';

/** What a publisher says; the bus adds id, account, region and, unless given, the time. */
export interface PublishedEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  /** Epoch milliseconds. */
  readonly timeMs?: number;
}

/** An event that no retry could bring to its target. */
export interface DeadLetter {
  readonly event: object;
  readonly functionName: string;
  /** The dead-letter queue of the rule's target, if it has one. */
  readonly queueArn: string | undefined;
  readonly error: string;
}

interface BusOptions {
  /** Resolved properties of AWS::Events::Rule. */
  readonly rules: readonly unknown[];
  readonly invoke: Invoke;
  readonly clock?: Clock;
  readonly onDeadLetter?: (letter: DeadLetter) => void;
  /** Waits before the retries, in ms; AWS waits a minute, then two. */
  readonly retryDelaysMs?: readonly number[];
  /** How many invocations run at a time. */
  readonly concurrency?: number;
}

export interface Bus {
  readonly url: string;
  /** Brings an event to every target whose rule matches; resolves when each has taken it or given up. */
  publish(event: PublishedEvent): Promise<void>;
  close(): Promise<void>;
}

const entry = struct(
  { Source: text, DetailType: text, Detail: text },
  { Resources: list(text), Time: number, EventBusName: text },
);

async function invokeOnce(invoke: Invoke, target: Target, event: object): Promise<string | undefined> {
  try {
    const result = await invoke(target.functionName, event, 'RequestResponse');
    if (!result) return `There is no function ${target.functionName}`;
    return result.functionError && `${result.functionError}: ${JSON.stringify(result.payload)}`;
  } catch (error) {
    return String(error);
  }
}

function deliverer(options: BusOptions, isClosed: () => boolean) {
  const run = limiter(options.concurrency ?? 10);
  const delays = options.retryDelaysMs ?? [1_000, 2_000];
  return async (target: Target, event: object): Promise<void> => {
    let error = await run(() => invokeOnce(options.invoke, target, event));
    for (let retry = 0; error !== undefined && retry < target.maxRetries && !isClosed(); retry++) {
      await sleep(delays[retry] ?? delays.at(-1) ?? 0);
      error = await run(() => invokeOnce(options.invoke, target, event));
    }
    if (error === undefined) return;
    console.error(`An event did not reach ${target.functionName}`, error);
    options.onDeadLetter?.({
      event,
      functionName: target.functionName,
      queueArn: target.deadLetterArn,
      error,
    });
  };
}

function envelope(event: PublishedEvent, now: number) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': event['detail-type'],
    source: event.source,
    account: '000000000000',
    time: `${new Date(event.timeMs ?? now).toISOString().slice(0, 19)}Z`,
    region: 'ap-northeast-2',
    resources: event.resources ?? [],
    detail: event.detail,
  };
}

function eventOf(
  found: ReturnType<typeof entry>,
): PublishedEvent | { ErrorCode: string; ErrorMessage: string } {
  if (found.Source.startsWith('aws.'))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  try {
    return {
      source: found.Source,
      'detail-type': found.DetailType,
      detail: JSON.parse(found.Detail) as unknown,
      ...(found.Resources && { resources: found.Resources }),
      ...(found.Time !== undefined && { timeMs: found.Time * 1000 }),
    };
  } catch {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
}

/** The default event bus: PutEvents on the wire, `publish` in the process, Lambda targets with retries. */
export async function startBus(options: BusOptions): Promise<Bus> {
  const rules = options.rules.map(ruleOf).filter((rule): rule is Rule => rule !== undefined);
  let closed = false;
  const pending = new Set<Promise<unknown>>();
  const deliver = deliverer(options, () => closed);
  const dispatch = (event: PublishedEvent): { id: string; done: Promise<void> } => {
    const full = envelope(event, options.clock?.now() ?? Date.now());
    const targets = rules.filter(({ matches }) => matches(full)).flatMap((rule) => rule.targets);
    const done = Promise.all(targets.map((target) => deliver(target, full))).then(() => undefined);
    pending.add(done);
    void done.finally(() => pending.delete(done));
    return { id: full.id, done };
  };
  const putEvents = (input: unknown): unknown => {
    const { Entries } = struct({ Entries: list(entry) }, {})(input, '');
    if (Entries.length === 0 || Entries.length > 10)
      throw new AwsError('ValidationException', `${Entries.length} entries; 1 to 10 are allowed`);
    const results = Entries.map((found) => {
      const event = eventOf(found);
      return 'ErrorCode' in event ? event : { EventId: dispatch(event).id };
    });
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };
  const server = await serve(
    awsJson({
      target: 'AWSEvents',
      version: '1.1',
      operations: { PutEvents: putEvents },
      invalid: (message) => new AwsError('ValidationException', message),
    }),
  );
  return {
    url: server.url,
    publish: (event) => dispatch(event).done,
    async close() {
      closed = true;
      await server.close();
      await Promise.all(pending);
    },
  };
}
