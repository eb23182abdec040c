import { createHash } from 'node:crypto';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  InvalidRequestException,
  StartQueryExecutionCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-athena';
import { RepointError } from './errors.ts';
import { type Queries, type QueryRow, type QueryRows, type QueryState, RefusedStatement } from './queries.ts';

/** Athena's number for what the user is to mend; 1 is the service's own, 3 anything else. */
const USER = 2;
/** A query that reads beyond the workgroup's limit is cancelled, without a category. */
const OVER_LIMIT = /bytes scanned limit/i;
/** What Athena's parser says before anything runs begins with the place. */
const PARSER = /^line \d+:\d+/;

/** Statements in one Athena workgroup (its own result location and scan limit) over one Glue database. */
export function athenaQueries(
  options: { workgroup: string; database: string },
  client = new AthenaClient({}),
): Queries & QueryRows {
  return {
    async start(sql, token) {
      const command = new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: options.database },
        WorkGroup: options.workgroup,
        // 32 to 128 characters; the digest of any token fits.
        ClientRequestToken: createHash('sha256').update(token).digest('hex'),
      });
      try {
        const { QueryExecutionId } = await client.send(command);
        if (QueryExecutionId === undefined) throw new Error('Athena started a query but gave no id');
        return QueryExecutionId;
      } catch (cause) {
        if (isRefusal(cause)) throw new RefusedStatement(cause.message, { cause });
        if (!(cause instanceof TooManyRequestsException)) throw cause;
        throw new RepointError('too_many', 'Athena takes no more queries now', { cause });
      }
    },
    async state(QueryExecutionId): Promise<QueryState> {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason, AthenaError } = QueryExecution?.Status ?? {};
      if (State === 'SUCCEEDED') {
        const scannedBytes = QueryExecution?.Statistics?.DataScannedInBytes;
        return { state: 'succeeded', ...(scannedBytes === undefined ? {} : { scannedBytes }) };
      }
      if (State !== 'FAILED' && State !== 'CANCELLED') return { state: 'running' };
      const reason = StateChangeReason ?? `the query was ${State.toLowerCase()}`;
      const retryable = AthenaError?.Retryable ?? false;
      const isStatements = AthenaError?.ErrorCategory === USER || OVER_LIMIT.test(reason);
      return {
        state: 'failed',
        reason,
        retryable,
        ...(isStatements && !retryable ? { fault: 'statement' } : {}),
      };
    },
    rows: (QueryExecutionId) => rowsOf(client, QueryExecutionId),
  };
}

const isRefusal = (cause: unknown): cause is InvalidRequestException =>
  cause instanceof InvalidRequestException &&
  (cause.AthenaErrorCode === 'MALFORMED_QUERY' || PARSER.test(cause.message));

/** Athena's first row of a SELECT is the names of its columns. */
async function rowsOf(client: AthenaClient, QueryExecutionId: string): Promise<QueryRow[]> {
  const rows: (string | null)[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new GetQueryResultsCommand({ QueryExecutionId, ...(NextToken ? { NextToken } : {}) }),
    );
    for (const { Data = [] } of page.ResultSet?.Rows ?? [])
      rows.push(Data.map(({ VarCharValue }) => VarCharValue ?? null));
    NextToken = page.NextToken;
  } while (NextToken);
  const [names = [], ...found] = rows;
  return found.map((row) => Object.fromEntries(names.map((name, index) => [name ?? '', row[index] ?? null])));
}
