/** The closed set of error codes a caller can meet. HTTP statuses are given to them in http.ts alone. */
export type ErrorCode =
  | 'validation'
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'too_large'
  | 'unprocessable'
  | 'too_many'
  | 'unavailable'
  | 'internal';

/** One thing wrong with a request: where (a JSON path like `schedule.at`) and what is allowed there. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

interface ErrorOptions {
  readonly field?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** An error made for the caller: `message` says what was wrong, the value, and what is allowed. The cause goes to the log only. */
export class RepointError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'RepointError';
    this.code = code;
    this.problems = options.problems ?? [];
    this.field = options.field ?? this.problems[0]?.field;
  }
}

/** 400: the request itself is wrong. All problems of a request are told at once. */
export const invalid = (problems: readonly Problem[]): RepointError =>
  new RepointError('validation', problems.map(({ message }) => message).join('; '), { problems });

export const notFound = (message: string, field?: string): RepointError =>
  new RepointError('not_found', message, field === undefined ? {} : { field });

export const conflict = (message: string, field?: string): RepointError =>
  new RepointError('conflict', message, field === undefined ? {} : { field });
