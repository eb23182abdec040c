/** Ends a query as FAILED: `CODE: message`, as Trino says it. */
export class QueryError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'QueryError';
    this.code = code;
  }
}

const PASSING = 'HIVE_CANNOT_OPEN_SPLIT';

/** S3 was too busy for the query, as it says now and then: the query may be tried again. */
export const passingError = (): QueryError => new QueryError(PASSING, 'Please reduce your request rate');

export const isPassing = (reason: string | undefined): boolean => reason?.startsWith(PASSING) ?? false;

/** DuckDB takes a folder without files for an error. */
export const foundNoFiles = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('No files found that match the pattern');

/** A file was there when the query listed its folder, and gone when it was read. */
const LOST_FILE = /^IO Error: (?:Cannot open file .*: No such file|No files found)/;

/** A modelled error of the Athena API. */
export class AthenaError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = type;
    this.type = type;
  }
}

export const invalidRequest = (message: string): AthenaError =>
  new AthenaError('InvalidRequestException', message);

const PATTERNS: readonly { pattern: RegExp; code: string; say: (name: string) => string }[] = [
  {
    pattern: /(?:Referenced column|column named|Values list \S+ does not have a column named) "([^"]+)"/,
    code: 'COLUMN_NOT_FOUND',
    say: (name) => `Column '${name}' cannot be resolved`,
  },
  {
    pattern: /Table with name "?([^\s"!]+)"? does not exist/,
    code: 'TABLE_NOT_FOUND',
    say: (name) => `Table '${name}' does not exist`,
  },
  {
    pattern: /(?:Scalar|Aggregate|Table|Window)?\s*Function with name "?(?:trino_)?(\w+)"? does not exist/,
    code: 'FUNCTION_NOT_FOUND',
    say: (name) => `Function '${name}' not registered`,
  },
  {
    pattern: /column "([^"]+)" must appear in the GROUP BY/,
    code: 'EXPRESSION_NOT_AGGREGATE',
    say: (name) => `'${name}' must be an aggregate expression or appear in GROUP BY clause`,
  },
];

/** Says a DuckDB error as Trino would: its code, and where in the query the name stands. */
export function trinoError(error: unknown, query: string): QueryError {
  if (error instanceof QueryError) return error;
  const message = error instanceof Error ? error.message : String(error);
  for (const { pattern, code, say } of PATTERNS) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined) return new QueryError(code, `${position(query, name)}: ${say(name)}`);
  }
  const [first = message] = message.split('\n');
  if (LOST_FILE.test(first)) return new QueryError(PASSING, first);
  if (/^Conversion Error/.test(first)) return new QueryError('INVALID_CAST_ARGUMENT', first);
  if (/^Binder Error/.test(first)) return new QueryError('TYPE_MISMATCH', first.replaceAll('trino_', ''));
  if (/^Parser Error/.test(first)) return new QueryError('SYNTAX_ERROR', first);
  if (/^Out of Memory/.test(first)) return new QueryError('EXCEEDED_MEMORY_LIMIT', first);
  return new QueryError('GENERIC_INTERNAL_ERROR', first);
}

function position(query: string, name: string): string {
  const before = query.slice(0, Math.max(0, query.toLowerCase().indexOf(name.toLowerCase()))).split('\n');
  return `line ${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
