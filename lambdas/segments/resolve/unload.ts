import { sqlText } from '../../shared/sql-text.ts';

/**
 * One Athena statement that writes the members of a compiled rule as an import list (docs/adr/0002-unload-writes-the-import.md).
 * `select` has one column `user_id`. `target` is an empty `s3://bucket/prefix/`: UNLOAD refuses a prefix that holds
 * anything. The line is built by the JSON functions, so no user id can break out of it.
 */
export const unloadOf = (select: string, target: string): string =>
  `UNLOAD (
SELECT json_format(CAST(MAP(ARRAY['User'], ARRAY[MAP(ARRAY['UserId'], ARRAY[user_id])]) AS JSON)) AS line
FROM (
${select}
)
) TO ${sqlText(target)} WITH (format = 'TEXTFILE')`;
