import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AthenaError } from './errors.ts';
import { Executions } from './executions.ts';
import type { GlueTableProperties } from './glue-table.ts';
import { createLake } from './lake.ts';
import { call, type Input, type OperationDeps, type Workgroup } from './operations.ts';
import { Queries } from './queries.ts';

export type { GlueTableProperties } from './glue-table.ts';
export { createLake, type Lake } from './lake.ts';

/** Resolved properties of an AWS::Athena::WorkGroup. */
export interface WorkgroupProperties {
  readonly Name: string;
  readonly WorkGroupConfiguration?: {
    readonly EnforceWorkGroupConfiguration?: boolean;
    readonly ResultConfiguration?: { readonly OutputLocation?: string };
    readonly [property: string]: unknown;
  };
  readonly [property: string]: unknown;
}

/** Resolved properties of an AWS::Glue::Database. */
export interface GlueDatabaseProperties {
  readonly DatabaseInput: { readonly Name?: string; readonly [property: string]: unknown };
  readonly [property: string]: unknown;
}

export interface AthenaOptions {
  readonly workgroups: readonly WorkgroupProperties[];
  readonly glueDatabases: readonly GlueDatabaseProperties[];
  readonly glueTables: readonly GlueTableProperties[];
  /** The folder of the local S3. */
  readonly s3Dir: string;
  /** A folder of Athena's own. */
  readonly dir: string;
  /** What queries take for the time; the machine's own when absent. */
  readonly clock?: { now(): number };
  /** Whether the next query is to fail, as one that may be tried again. */
  readonly fails?: () => boolean;
}

export interface Athena {
  readonly url: string;
  close(): Promise<void>;
}

/** A local Athena: Trino SQL, translated, on DuckDB over the local S3 folder. */
export async function startAthena(options: AthenaOptions): Promise<Athena> {
  const { s3Dir, dir, glueTables, glueDatabases, clock = Date } = options;
  const databases = glueDatabases.flatMap(({ DatabaseInput: { Name } }) => Name ?? []);
  const lake = await createLake({ s3Dir, dir, glueTables, databases, clock });
  const executions = new Executions(join(dir, 'queries'));
  const queries = new Queries(
    { lake, s3Dir, ...(options.fails ? { fails: options.fails } : {}) },
    executions,
  );
  const deps = { queries, executions, workgroups: workgroupsOf(options.workgroups), s3Dir };
  const server = createServer((request, response) => void answer(deps, request, response));
  // A client may use an idle connection again at any time: closing it under the request is an error there.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    await queries.close();
    lake.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

function workgroupsOf(properties: readonly WorkgroupProperties[]): Map<string, Workgroup> {
  const primary: Workgroup = { name: 'primary', outputLocation: undefined, enforced: false };
  const own = properties.map(({ Name: name, WorkGroupConfiguration = {} }): Workgroup => {
    const outputLocation = WorkGroupConfiguration.ResultConfiguration?.OutputLocation;
    return { name, outputLocation, enforced: WorkGroupConfiguration.EnforceWorkGroupConfiguration ?? true };
  });
  return new Map([primary, ...own].map((workgroup) => [workgroup.name, workgroup]));
}

async function answer(
  deps: OperationDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Input;
    const result = call(deps, String(request.headers['x-amz-target']), input);
    response.writeHead(200, headers).end(JSON.stringify(result));
  } catch (error) {
    const type = error instanceof AthenaError ? error.type : 'InternalServerException';
    const message = error instanceof Error ? error.message : String(error);
    response
      .writeHead(error instanceof AthenaError ? 400 : 500, headers)
      .end(JSON.stringify({ __type: type, Message: message, message }));
  }
}
