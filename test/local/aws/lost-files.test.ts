import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { createLake } from '../../../local/aws/athena/lake.ts';
import { runQuery } from '../../../local/aws/athena/run-query.ts';
import { DATABASE, WORKGROUP } from './support/athena.ts';
import { temporaryFolder } from './support/folder.ts';

const hits = {
  DatabaseName: DATABASE,
  TableInput: {
    Name: 'hits',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [{ Name: 'day', Type: 'date' }],
    StorageDescriptor: { Location: 's3://lake/hits/', Columns: [{ Name: 'id', Type: 'string' }] },
  },
};

describe('a table whose last file goes while a query is on its way', () => {
  it('is empty, as in Athena', async () => {
    const s3Dir = temporaryFolder();
    const day = join(s3Dir, 'lake', 'hits', 'day=2026-11-01');
    mkdirSync(day, { recursive: true });
    const db = await (await DuckDBInstance.create(':memory:')).connect();
    await db.run(`COPY (SELECT 'a' AS id) TO '${join(day, 'a.parquet')}' (FORMAT parquet)`);
    const lake = await createLake({ s3Dir, dir: join(s3Dir, '.lake'), glueTables: [hits], databases: [] });
    const connect = async (database?: string) => {
      const connection = await lake.connect(database);
      rmSync(day, { recursive: true, force: true });
      return connection;
    };
    const query = (id: string) =>
      runQuery(
        { lake: { ...lake, connect }, s3Dir },
        {
          id,
          sql: 'SELECT count(*) AS hits FROM hits',
          parameters: [],
          database: DATABASE,
          workgroup: WORKGROUP,
          outputLocation: 's3://results/',
          state: 'RUNNING',
          submittedAt: 0,
        },
        () => undefined,
      );
    expect((await query('first')).columns).toEqual([{ name: 'hits', type: 'bigint' }]);
    lake.close();
  });
});
