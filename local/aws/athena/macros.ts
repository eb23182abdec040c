/**
 * Trino functions that DuckDB lacks, or has under the same name with another answer (the dangerous kind). A call of
 * `name` in a query becomes `trino_name` before it is translated, so that the translator leaves it to these.
 */
const arguments_ = (count: number): string[] => 'abcdefghij'.slice(0, count).split('');

/** One definition per number of arguments: DuckDB macros have no rest argument. */
const upTo = (most: number, body: (names: string[]) => string): string =>
  Array.from({ length: most - 1 }, (_, index) => arguments_(index + 2))
    .map((names) => `(${names.join(', ')}) AS ${body(names)}`)
    .join(', ');

/** NULL when any argument is NULL: DuckDB's own pass over NULLs. */
const strict = (name: string): string =>
  upTo(
    6,
    (names) =>
      `CASE WHEN ${names.map((n) => `${n} IS NULL`).join(' OR ')} THEN NULL ELSE ${name}(${names.join(', ')}) END`,
  );

const TIMES = ['DATE', 'TIMESTAMP', 'TIMESTAMPTZ'] as const;

/** The same for each type of point in time, keeping the type. */
const perTime = (head: string, body: string): string =>
  TIMES.map((type) => `(${head}, t ${type}) AS CAST(${body} AS ${type})`).join(', ');

const INTERVAL = `CASE lower(unit) WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n)
  WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER))
  WHEN 'week' THEN to_weeks(CAST(n AS INTEGER)) WHEN 'month' THEN to_months(CAST(n AS INTEGER))
  WHEN 'quarter' THEN to_months(CAST(n * 3 AS INTEGER)) WHEN 'year' THEN to_years(CAST(n AS INTEGER))
  ELSE error('''' || unit || ''' is not a valid TIMESTAMP field') END`;

/** Trino writes `$["a:b"]` where DuckDB writes `$."a:b"`. */
const PATH = `regexp_replace(p, '\\["([^"]*)"\\]', '."\\1"', 'g')`;

/** The DuckDB variable of a connection that holds the moment its query began. */
export const NOW = 'query_began';

const FUNCTIONS: Readonly<Record<string, string>> = {
  // Arithmetic on times.
  date_add: perTime('unit, n', `t + ${INTERVAL}`),
  date_diff: '(unit, a, b) AS date_sub(unit, a, b)', // Whole units passed, not boundaries crossed.
  date_trunc: perTime('unit', 'date_trunc(unit, t)'),
  at_timezone: '(t, zone) AS system.main.timezone(zone, CAST(t AS TIMESTAMPTZ))',
  with_timezone: '(t, zone) AS system.main.timezone(zone, CAST(t AS TIMESTAMP))',
  now: `() AS CAST(getvariable('${NOW}') AS TIMESTAMPTZ)`,
  dow: '(t) AS isodow(t)',
  doy: '(t) AS dayofyear(t)',
  sequence: `(a, b) AS generate_series(a, b), (a, b, step) AS generate_series(a, b, step),
    (a DATE, b DATE) AS CAST(generate_series(a, b, INTERVAL 1 DAY) AS DATE[]),
    (a DATE, b DATE, step INTERVAL) AS CAST(generate_series(a, b, step) AS DATE[])`,
  // Texts.
  regexp_like: '(s, p) AS regexp_matches(s, p)', // The translator knows it, but not within a lambda.
  concat: upTo(10, (names) => names.join(' || ')),
  split_part: '(s, d, n) AS CASE WHEN n > len(string_split(s, d)) THEN NULL ELSE split_part(s, d, n) END',
  array_join: `(a, d) AS array_to_string(a, d), (a, d, other) AS array_to_string(list_transform(a, x -> coalesce(CAST(x AS VARCHAR), other)), d)`,
  url_extract_host: `(u) AS nullif(regexp_extract(u, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/:?#]*)', 1), '')`,
  url_extract_path: `(u) AS regexp_extract(u, '^(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?([^?#]*)', 1)`,
  url_extract_query: `(u) AS nullif(regexp_extract(u, '\\?([^#]*)', 1), '')`,
  url_extract_parameter: `(u, name) AS CASE WHEN regexp_matches(u, '[?&]' || regexp_escape(name) || '(=|&|#|$)')
    THEN url_decode(regexp_extract(u, '[?&]' || regexp_escape(name) || '=?([^&#]*)', 1)) END`,
  // Bytes: DuckDB's hashes give hexadecimal text, Trino's give bytes.
  to_utf8: '(s) AS encode(s)',
  from_utf8: '(b) AS decode(b)',
  to_hex: '(b) AS hex(b)',
  from_hex: '(s) AS unhex(s)',
  md5: '(b) AS unhex(system.main.md5(b))',
  sha1: '(b) AS unhex(system.main.sha1(b))',
  sha256: '(b) AS unhex(system.main.sha256(b))',
  // Another digest than Trino's, as wide and as good: to be compared with its like, not to be shown.
  xxhash64: '(b) AS CASE WHEN b IS NOT NULL THEN hash(b) END',
  from_big_endian_64: '(digest) AS CAST(digest >> 1 AS BIGINT)',
  // JSON: an object or array is no scalar, and a text that is no JSON is NULL.
  json_extract_scalar: `(j, p) AS TRY(CASE WHEN json_type(j, ${PATH}) IN ('OBJECT', 'ARRAY') THEN NULL
    ELSE json_extract_string(j, ${PATH}) END)`,
  json_extract: `(j, p) AS TRY(json_extract(j, ${PATH}))`,
  json_parse: '(s) AS CAST(s AS JSON)',
  json_format: '(j) AS CAST(j AS VARCHAR)',
  // The rest.
  greatest: strict('system.main.greatest'),
  least: strict('system.main.least'),
  element_at: '(c, k) AS c[k]',
  flatten: '(a) AS flatten(a)', // The translator takes it for an UNNEST.
  map_agg: '(k, v) AS map(list(k), list(v))',
  approx_percentile: '(x, p) AS approx_quantile(x, p)',
};

/** Renamed only: a macro cannot take a lambda. */
const RENAMED: Readonly<Record<string, string>> = { transform: 'list_transform' };

/** What a call of a Trino function is called in DuckDB, when it needs help. */
export function helpedName(name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(FUNCTIONS, lower) ? `trino_${lower}` : RENAMED[lower];
}

/** A list that UNNEST makes one column of: of rows Trino makes as many as they have fields. */
export const NO_ROWS = 'list_of_no_rows';

/** Statements that define the functions in the schema they run in. */
export const MACROS: readonly string[] = [
  ...Object.entries(FUNCTIONS).map(([name, definition]) => `CREATE MACRO trino_${name}${definition}`),
  `CREATE MACRO ${NO_ROWS}(list) AS CASE WHEN typeof(list) LIKE 'STRUCT(%)[]'
    THEN error('UNNEST of a list of rows: name a column for each of their fields') ELSE list END`,
  // What `AT TIME ZONE` calls. Trino reads a timestamp without a zone in the session's (UTC) and shows it in the other;
  // DuckDB takes it to be in the other already. The local time is what casts to date, hour(), … then see.
  'CREATE MACRO timezone(zone, t) AS system.main.timezone(zone, CAST(t AS TIMESTAMPTZ))',
];
