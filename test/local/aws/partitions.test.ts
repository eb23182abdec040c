import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { createLake } from '../../../local/aws/athena/lake.ts';
import { DATABASE } from './support/athena.ts';
import { temporaryFolder } from './support/folder.ts';

const hits = {
  DatabaseName: DATABASE,
  TableInput: {
    Name: 'hits',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { 'projection.filed.type': 'enum', 'projection.filed.values': 'occurred,received' },
    PartitionKeys: [
      { Name: 'filed', Type: 'string' },
      { Name: 'day', Type: 'date' },
    ],
    StorageDescriptor: { Location: 's3://lake/hits/', Columns: [{ Name: 'id', Type: 'string' }] },
  },
};

describe('a table whose partitions have a few known values', () => {
  it('shows files of each as they come and go, and none of a value that is not known, as in Athena', async () => {
    const s3Dir = temporaryFolder();
    const folder = (filed: string) => join(s3Dir, 'lake', 'hits', `filed=${filed}`, 'day=2026-11-01');
    const db = await (await DuckDBInstance.create(':memory:')).connect();
    const write = async (filed: string, id: string) => {
      mkdirSync(folder(filed), { recursive: true });
      await db.run(
        `COPY (SELECT '${id}' AS id) TO '${join(folder(filed), `${id}.parquet`)}' (FORMAT parquet)`,
      );
    };
    const lake = await createLake({ s3Dir, dir: join(s3Dir, '.lake'), glueTables: [hits], databases: [] });
    const rows = async (where = 'true') => {
      const connection = await lake.connect(DATABASE);
      const found = await connection.runAndReadAll(
        `SELECT id || ' ' || filed || ' ' || day FROM hits WHERE ${where} ORDER BY id`,
      );
      connection.closeSync();
      return found.getRowsJS().flat();
    };
    expect(await rows()).toEqual([]);
    await write('occurred', 'a');
    expect(await rows()).toEqual(['a occurred 2026-11-01']);
    await write('received', 'b');
    await write('elsewhere', 'c');
    expect(await rows()).toEqual(['a occurred 2026-11-01', 'b received 2026-11-01']);
    expect(await rows("filed = 'received' AND day = DATE '2026-11-01'")).toEqual(['b received 2026-11-01']);
    await write('received', 'd');
    expect(await rows("filed = 'received'")).toEqual(['b received 2026-11-01', 'd received 2026-11-01']);
    rmSync(folder('occurred'), { recursive: true });
    expect(await rows("filed <> 'received'")).toEqual([]);
    lake.close();
  });
});
