import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Everything that lies in a folder, as a person with every tool would read it: names of files, bytes as they are, and rows of Parquet decoded. */
export async function everythingIn(root: string): Promise<string> {
  const duck = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const texts: string[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    texts.push(path.slice(root.length), bytes.toString('latin1'));
    if (bytes.subarray(0, 4).toString('latin1') !== 'PAR1') continue;
    const read = await duck.runAndReadAll(`SELECT to_json(r) FROM read_parquet('${path}') AS r`);
    texts.push(...read.getRowsJS().map(([json]) => String(json)));
  }
  duck.closeSync();
  return texts.join('\n');
}
