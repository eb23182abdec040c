import { join } from 'node:path';
import { AthenaError, invalidRequest, isPassing, QueryError } from './errors.ts';
import type { Execution, Executions } from './executions.ts';
import type { Queries } from './queries.ts';
import { type ResultRow, readRows } from './result-file.ts';
import { folderOf } from './run-query.ts';

export type Input = Readonly<Record<string, unknown>>;

/** What the local Athena needs of an AWS::Athena::WorkGroup. */
export interface Workgroup {
  readonly name: string;
  readonly outputLocation: string | undefined;
  /** True: a query's own result location is passed over, as the workgroup says. */
  readonly enforced: boolean;
}

export interface OperationDeps {
  readonly queries: Queries;
  readonly executions: Executions;
  readonly workgroups: ReadonlyMap<string, Workgroup>;
  readonly s3Dir: string;
}

type Operation = (deps: OperationDeps, input: Input) => unknown;

const MAX_QUERY_BYTES = 262_144;
const MAX_ROWS = 1000;

function onlyKnown(input: Input, known: readonly string[], where = ''): void {
  const unknown = Object.keys(input).filter((key) => input[key] !== undefined && !known.includes(key));
  if (unknown.length > 0)
    throw invalidRequest(`The local Athena does not know the parameter ${where}${unknown.join(', ')}`);
}

const startQueryExecution: Operation = ({ queries, workgroups }, input) => {
  onlyKnown(input, [
    'QueryString',
    'ExecutionParameters',
    'QueryExecutionContext',
    'WorkGroup',
    'ResultConfiguration',
    'ClientRequestToken',
  ]);
  const sql = String(input['QueryString'] ?? '');
  if (sql.trim() === '') throw invalidRequest('QueryString is required');
  if (Buffer.byteLength(sql) > MAX_QUERY_BYTES)
    throw invalidRequest(`QueryString is over ${MAX_QUERY_BYTES} bytes`);
  const workgroup = workgroups.get(String(input['WorkGroup'] ?? 'primary'));
  if (!workgroup) throw invalidRequest(`WorkGroup ${String(input['WorkGroup'])} is not found.`);
  const context = (input['QueryExecutionContext'] ?? {}) as Input;
  onlyKnown(context, ['Database', 'Catalog'], 'QueryExecutionContext.');
  const request = {
    sql,
    parameters: (input['ExecutionParameters'] ?? []) as string[],
    database: context['Database'] as string | undefined,
    workgroup: workgroup.name,
    outputLocation: outputLocation(workgroup, (input['ResultConfiguration'] ?? {}) as Input),
  };
  return { QueryExecutionId: queries.start(request, input['ClientRequestToken'] as string | undefined) };
};

function outputLocation(workgroup: Workgroup, configuration: Input): string {
  onlyKnown(configuration, ['OutputLocation', 'EncryptionConfiguration'], 'ResultConfiguration.');
  const own = configuration['OutputLocation'] as string | undefined;
  const location = workgroup.enforced ? workgroup.outputLocation : (own ?? workgroup.outputLocation);
  if (!location)
    throw invalidRequest(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  return location;
}

const getQueryExecution: Operation = ({ executions }, input) => {
  onlyKnown(input, ['QueryExecutionId']);
  return { QueryExecution: toWire(executions.get(String(input['QueryExecutionId']))) };
};

/** Category 1 is the service's fault, 2 the query's. */
function athenaError(reason: string | undefined) {
  if (isPassing(reason)) return { ErrorCategory: 1, ErrorType: 200, Retryable: true, ErrorMessage: reason };
  const isOwn = reason?.startsWith('GENERIC_INTERNAL_ERROR') ?? false;
  return {
    ErrorCategory: isOwn ? 1 : 2,
    ErrorType: isOwn ? 233 : 1000,
    Retryable: false,
    ErrorMessage: reason,
  };
}

function toWire(execution: Execution) {
  const { id, sql, state, reason, workgroup, database, outputLocation: location } = execution;
  return {
    QueryExecutionId: id,
    Query: sql,
    StatementType: 'DML',
    ResultConfiguration: { OutputLocation: execution.manifest ? location : resultObject(execution) },
    QueryExecutionContext: { ...(database ? { Database: database } : {}), Catalog: 'awsdatacatalog' },
    Status: {
      State: state,
      SubmissionDateTime: execution.submittedAt / 1000,
      ...(execution.completedAt ? { CompletionDateTime: execution.completedAt / 1000 } : {}),
      ...(reason ? { StateChangeReason: reason } : {}),
      ...(state === 'FAILED' ? { AthenaError: athenaError(reason) } : {}),
    },
    Statistics: {
      EngineExecutionTimeInMillis: execution.engineMs ?? 0,
      DataScannedInBytes: execution.scannedBytes ?? 0,
      TotalExecutionTimeInMillis: (execution.completedAt ?? execution.submittedAt) - execution.submittedAt,
      ...(execution.manifest ? { DataManifestLocation: execution.manifest } : {}),
    },
    WorkGroup: workgroup,
    EngineVersion: {
      SelectedEngineVersion: 'Athena engine version 3',
      EffectiveEngineVersion: 'Athena engine version 3',
    },
    ...(execution.parameters.length > 0 ? { ExecutionParameters: execution.parameters } : {}),
  };
}

const resultObject = ({ outputLocation: location, id }: Execution): string =>
  `${location.replace(/\/?$/, '/')}${id}.csv`;

const getQueryResults: Operation = ({ executions, s3Dir }, input) => {
  onlyKnown(input, ['QueryExecutionId', 'NextToken', 'MaxResults']);
  const execution = executions.get(String(input['QueryExecutionId']));
  if (execution.state !== 'SUCCEEDED')
    throw invalidRequest(`Query has not yet finished, or did not succeed. Current state: ${execution.state}`);
  const limit = Number(input['MaxResults'] ?? MAX_ROWS);
  if (!(limit >= 1 && limit <= MAX_ROWS)) throw invalidRequest(`MaxResults ${limit} is not in 1…1000`);
  const columns = execution.columns ?? [];
  const { rows, next } = execution.manifest
    ? { rows: [], next: undefined }
    : readRows(join(folderOf(s3Dir, execution.outputLocation), `${execution.id}.csv`), offset(input), limit);
  return {
    ...(execution.updateCount === undefined ? {} : { UpdateCount: execution.updateCount }),
    ResultSet: { Rows: rows.map(rowToWire), ResultSetMetadata: { ColumnInfo: columns.map(columnToWire) } },
    ...(next === undefined ? {} : { NextToken: Buffer.from(String(next)).toString('base64url') }),
  };
};

function offset(input: Input): number {
  const token = input['NextToken'];
  if (token === undefined) return 0;
  const value = Number(Buffer.from(String(token), 'base64url').toString());
  if (!Number.isInteger(value)) throw invalidRequest('NextToken is invalid');
  return value;
}

const rowToWire = (row: ResultRow) => ({
  Data: row.map((value) => (value === undefined ? {} : { VarCharValue: value })),
});

const columnToWire = ({ name, type }: { name: string; type: string }) => ({
  CatalogName: 'hive',
  SchemaName: '',
  TableName: '',
  Name: name,
  Label: name,
  Type: type,
  Nullable: 'UNKNOWN',
  CaseSensitive: type === 'varchar',
});

const stopQueryExecution: Operation = ({ queries }, input) => {
  onlyKnown(input, ['QueryExecutionId']);
  queries.stop(String(input['QueryExecutionId']));
  return {};
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartQueryExecution: startQueryExecution,
  GetQueryExecution: getQueryExecution,
  GetQueryResults: getQueryResults,
  StopQueryExecution: stopQueryExecution,
};

/** Answers one call by its `X-Amz-Target`; an operation that is not there is refused by name. */
export function call(deps: OperationDeps, target: string, input: Input): unknown {
  const name = target.replace(/^AmazonAthena\./, '');
  const operation = OPERATIONS[name];
  if (!operation)
    throw new AthenaError(
      'UnknownOperationException',
      `The local Athena does not have the operation ${name}`,
    );
  try {
    return operation(deps, input);
  } catch (error) {
    throw error instanceof QueryError ? invalidRequest(error.message) : error;
  }
}
