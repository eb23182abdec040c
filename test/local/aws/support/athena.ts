import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';

export const DATABASE = 'repoint_test';
export const WORKGROUP = 'repoint-test';

/** Runs a query to its end through the SDK, whatever the end is. */
export async function execute(
  sdk: AthenaClient,
  QueryString: string,
  more: Partial<StartQueryExecutionCommandInput> = {},
): Promise<QueryExecution> {
  const start = { QueryString, WorkGroup: WORKGROUP, QueryExecutionContext: { Database: DATABASE }, ...more };
  const { QueryExecutionId } = await sdk.send(
    new StartQueryExecutionCommand(start as StartQueryExecutionCommandInput),
  );
  for (;;) {
    const { QueryExecution } = await sdk.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const state = QueryExecution?.Status?.State;
    if (QueryExecution && state !== 'QUEUED' && state !== 'RUNNING') return QueryExecution;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The rows of a query without the header, in pages of `MaxResults`; throws the reason of one that failed. */
export async function rows(
  sdk: AthenaClient,
  sql: string,
  more: Partial<StartQueryExecutionCommandInput> = {},
  MaxResults?: number,
): Promise<(string | undefined)[][]> {
  const { QueryExecutionId, Status } = await execute(sdk, sql, more);
  if (Status?.State !== 'SUCCEEDED') throw new Error(Status?.StateChangeReason);
  const found: (string | undefined)[][] = [];
  let NextToken: string | undefined;
  do {
    const page = {
      QueryExecutionId,
      ...(NextToken ? { NextToken } : {}),
      ...(MaxResults ? { MaxResults } : {}),
    };
    const answer = await sdk.send(new GetQueryResultsCommand(page));
    for (const { Data = [] } of answer.ResultSet?.Rows ?? [])
      found.push(Data.map(({ VarCharValue }) => VarCharValue));
    NextToken = answer.NextToken;
  } while (NextToken);
  return found.slice(1);
}
