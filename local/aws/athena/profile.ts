import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Operator {
  readonly extra_info?: { readonly 'Total Files Read'?: string; readonly 'Filename(s)'?: string };
  readonly children?: readonly Operator[];
}

/**
 * Bytes of the Parquet files a query opened, from DuckDB's profile of it. Where files were left out, the profile names
 * the first five and counts the rest, which are taken to be of the same size. Athena counts only the columns it reads.
 * A query of constants leaves no profile.
 */
export function scannedBytes(profile: string): number {
  if (!existsSync(profile)) return 0;
  return Math.round(bytesOf(JSON.parse(readFileSync(profile, 'utf8')) as Operator));
}

function bytesOf({ extra_info: scan, children = [] }: Operator): number {
  const below = children.reduce((sum, child) => sum + bytesOf(child), 0);
  const files = (scan?.['Filename(s)'] ?? '').split(', ').filter((file) => file.endsWith('.parquet'));
  const pattern = files.find((file) => file.includes('*'));
  if (pattern !== undefined) return below + parquetBytes(pattern.slice(0, pattern.indexOf('*')));
  if (files.length === 0) return below;
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return below + mean * Number(scan?.['Total Files Read'] ?? sizes.length);
}

/** All of a table: `start` is its folder and the beginning of the first partition's name. */
function parquetBytes(start: string): number {
  const dir = start.slice(0, start.lastIndexOf('/'));
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.parquet'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
