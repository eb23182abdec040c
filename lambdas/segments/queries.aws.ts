import { createHash } from 'node:crypto';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-athena';
import { RepointError } from '../shared/errors.ts';
import type { Queries, QueryState } from './ports.ts';

/** Statements in one Athena workgroup (its own result location and scan limit) over one Glue database. */
export function athenaQueries(
  options: { workgroup: string; database: string },
  client = new AthenaClient({}),
): Queries {
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
        if (!(cause instanceof TooManyRequestsException)) throw cause;
        throw new RepointError('too_many', 'Athena takes no more queries now', { cause });
      }
    },
    async state(QueryExecutionId): Promise<QueryState> {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason, AthenaError } = QueryExecution?.Status ?? {};
      if (State === 'SUCCEEDED') return { state: 'succeeded' };
      if (State !== 'FAILED' && State !== 'CANCELLED') return { state: 'running' };
      return {
        state: 'failed',
        reason: StateChangeReason ?? `the query was ${State.toLowerCase()}`,
        retryable: AthenaError?.Retryable ?? false,
      };
    },
  };
}
