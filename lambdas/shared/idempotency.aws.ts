import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { RepointError } from './errors.ts';
import type { Idempotency, KeyedRequest } from './idempotency.ts';
import { isLonger } from './utf8.ts';

/** How long a first answer is kept, in seconds: a day, as payment APIs do. */
const KEEP_SECONDS = 24 * 60 * 60;
/** A row of DynamoDB has at most 400 KB, with its key and what else Powertools keeps. */
const MOST_BYTES = 350_000;

/** Thrown so that Powertools forgets the request. */
class TooLong extends Error {
  override readonly name = 'TooLong';
  constructor(readonly json: string) {
    super('The answer is too long to be kept');
  }
}

/** Idempotency on DynamoDB with AWS Lambda Powertools; the table has the string key `pk` and TTL on `expiration`. */
export function dynamoIdempotency(tableName: string, awsSdkV3Client = new DynamoDBClient({})): Idempotency {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, keyAttr: 'pk', awsSdkV3Client });
  return {
    async once<Answer>(request: KeyedRequest, work: () => Promise<Answer>) {
      // Kept as text: an answer may hold names that clients chose, and some of them mean something to a store's codec.
      const answer = async (_request: KeyedRequest) => {
        const json = JSON.stringify(await work());
        if (isLonger(json, MOST_BYTES)) throw new TooLong(json);
        return { json };
      };
      const run = makeIdempotent(answer, { persistenceStore, config: configFor(request) });
      try {
        return JSON.parse((await run(request)).json) as Answer;
      } catch (cause) {
        if (cause instanceof TooLong) return JSON.parse(cause.json) as Answer;
        throw translated(cause);
      }
    },
  };
}

function configFor({ deadline }: KeyedRequest): IdempotencyConfig {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'body',
    expiresAfterSeconds: KEEP_SECONDS,
    throwOnNoIdempotencyKey: true,
  });
  config.registerLambdaContext({ getRemainingTimeInMillis: () => deadline - Date.now() } as Context);
  return config;
}

function translated(cause: unknown): unknown {
  if (cause instanceof IdempotencyValidationError) {
    return new RepointError('unprocessable', 'This Idempotency-Key was already used with another body', {
      field: 'Idempotency-Key',
      cause,
    });
  }
  if (cause instanceof IdempotencyAlreadyInProgressError) {
    return new RepointError(
      'conflict',
      'A request with this Idempotency-Key is still being worked on; try again',
      { field: 'Idempotency-Key', cause },
    );
  }
  return cause;
}
