import { sqlText } from '../../shared/sql-text.ts';

/** As the members' API takes it. */
const LONGEST_USER_ID = 128;

/**
 * One Athena statement that writes the members of a compiled rule as an import list (docs/adr/0002-unload-writes-the-import.md).
 * `select` has one column `user_id`. `target` is an empty `s3://bucket/prefix/`: UNLOAD refuses a prefix that holds
 * anything. Nobody of the partition `without` of `segment_bits` is in it, nor what no member can be called (an analyst's SQL may return
 * anything). The line is built by the JSON functions, so no user id can break out of it.
 */
export const unloadOf = (select: string, target: string, without?: string): string =>
  `UNLOAD (
SELECT json_format(CAST(MAP(ARRAY['User'], ARRAY[MAP(ARRAY['UserId'], ARRAY[user_id])]) AS JSON)) AS line
FROM (
${select}
)
WHERE length(user_id) BETWEEN 1 AND ${LONGEST_USER_ID}${without === undefined ? '' : `\nAND user_id NOT IN (SELECT user_id FROM segment_bits WHERE resolution = ${sqlText(without)})`}
) TO ${sqlText(target)} WITH (format = 'TEXTFILE')`;
