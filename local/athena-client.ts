/** Asks the lake as an analyst would: one statement through the official Athena client. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';

// The pinned SDK runs on Node 20; what later versions need does not concern whoever asks the lake.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** What system.json tells of the Athena endpoint and the lake. */
export interface LakeFacts {
  readonly aws: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
}

export interface Lake {
  /** Rows as text by column name. Throws what Athena said when the query fails. */
  query(sql: string): Promise<Record<string, string>[]>;
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export function openLake(system: LakeFacts): Lake {
  const athena = new AthenaClient({
    endpoint: system.aws['athena'] ?? '',
    region: 'ap-northeast-2',
    credentials,
  });
  const where = {
    WorkGroup: system.names['workgroup'],
    QueryExecutionContext: { Database: system.names['database'] },
  };
  return {
    async query(sql) {
      const { QueryExecutionId } = await athena.send(
        new StartQueryExecutionCommand({ QueryString: sql, ...where }),
      );
      for (let state = 'QUEUED'; state !== 'SUCCEEDED'; await sleep(20)) {
        const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
        state = QueryExecution?.Status?.State ?? '';
        if (state === 'FAILED' || state === 'CANCELLED')
          throw new Error(`${QueryExecution?.Status?.StateChangeReason}: ${sql}`);
      }
      return results(athena, QueryExecutionId ?? '');
    },
  };
}

async function results(athena: AthenaClient, QueryExecutionId: string): Promise<Record<string, string>[]> {
  const table: string[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena.send(
      new GetQueryResultsCommand({ QueryExecutionId, ...(NextToken ? { NextToken } : {}) }),
    );
    for (const row of page.ResultSet?.Rows ?? [])
      table.push((row.Data ?? []).map(({ VarCharValue }) => VarCharValue ?? ''));
    NextToken = page.NextToken;
  } while (NextToken);
  const [header = [], ...body] = table;
  return body.map((cells) => Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ''])));
}
