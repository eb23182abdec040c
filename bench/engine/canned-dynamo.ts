/** DynamoDB for the benches: endpoints are made up as they are asked for, all other tables lie in an embedded one. */
import { Agent, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import type { MutableCounts } from './counts.ts';
import { APPS, type Attributes, type Channel, ENDPOINTS_TABLE, endpointRow, userRow } from './people.ts';
import { itemBytes, readUnits, writeUnits } from './units.ts';

interface KeysAndAttributes {
  readonly Keys: readonly { readonly pk: { readonly S: string } }[];
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

interface PutRequests {
  readonly PutRequest?: { readonly Item: Attributes };
}

interface Request {
  readonly RequestItems?: Readonly<Record<string, KeysAndAttributes>>;
  readonly Item?: Attributes;
  readonly ConsistentRead?: boolean;
}

interface Response {
  readonly Attributes?: Attributes;
  readonly Item?: Attributes;
  readonly Items?: readonly Attributes[];
  readonly Responses?: Readonly<Record<string, readonly Attributes[]>>;
}

const CHANNELS = new Map(Object.entries(APPS).map(([channel, app]) => [app as string, channel as Channel]));
const KEY = /^([^#]+)#([EU])#(.+)$/;

function rowOf(pk: string): Attributes | undefined {
  const [, app = '', kind, id = ''] = KEY.exec(pk) ?? [];
  const channel = CHANNELS.get(app);
  if (!channel) return undefined;
  return { pk: { S: pk }, ...(kind === 'E' ? endpointRow(channel, id) : userRow(channel, id)) };
}

function projected(row: Attributes, { ProjectionExpression, ExpressionAttributeNames }: KeysAndAttributes) {
  if (ProjectionExpression === undefined) return row;
  const names = ProjectionExpression.split(',').map((name) => ExpressionAttributeNames?.[name] ?? name);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = row[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export interface CannedDynamo {
  answer(
    target: string,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): Promise<{ status: number; body: string }>;
  close(): void;
}

export async function cannedDynamo(counts: () => MutableCounts): Promise<CannedDynamo> {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  server.keepAliveTimeout = 120_000;
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const forwarded = (headers: IncomingHttpHeaders, body: Buffer) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const { host: _host, ...rest } = headers;
      const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/', headers: rest, agent });
      call.once('error', reject);
      call.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 500, body: Buffer.concat(chunks).toString() }),
        );
      });
      call.end(body);
    });

  function made({ RequestItems = {} }: Request): Response {
    const found = Object.entries(RequestItems).map(([table, asked]) => {
      const rows = asked.Keys.map(({ pk }) => rowOf(pk.S)).filter((row) => row !== undefined);
      for (const row of rows) counts().readUnits += readUnits(itemBytes(row), asked.ConsistentRead === true);
      return [table, rows.map((row) => projected(row, asked))] as const;
    });
    return { Responses: Object.fromEntries(found), UnprocessedKeys: {} } as Response;
  }

  return {
    async answer(target, headers, body) {
      const operation = target.slice(target.indexOf('.') + 1);
      const name = `dynamodb.${operation}`;
      counts().calls[name] = (counts().calls[name] ?? 0) + 1;
      const asked = JSON.parse(body.toString()) as Request;
      if (operation === 'BatchGetItem' && ENDPOINTS_TABLE in (asked.RequestItems ?? {}))
        return { status: 200, body: JSON.stringify(made(asked)) };
      const answer = await forwarded(headers, body);
      count(counts(), operation, asked, answer.status === 200 ? (JSON.parse(answer.body) as Response) : {});
      return answer;
    },
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

/** Writes are billed by the item as it is then; a write whose condition fails by the one it met, which is small here. */
function count(counts: MutableCounts, operation: string, asked: Request, answer: Response): void {
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      counts.writeUnits += writeUnits(itemBytes(asked.Item ?? answer.Attributes ?? {}));
      return;
    case 'BatchWriteItem':
      for (const { PutRequest } of Object.values(asked.RequestItems ?? {}).flat() as PutRequests[])
        counts.writeUnits += writeUnits(itemBytes(PutRequest?.Item ?? {}));
      return;
    case 'GetItem':
      counts.readUnits += readUnits(itemBytes(answer.Item ?? {}), asked.ConsistentRead === true);
      return;
    case 'Query': {
      const bytes = (answer.Items ?? []).reduce((sum, item) => sum + itemBytes(item), 0);
      counts.readUnits += readUnits(bytes, asked.ConsistentRead === true);
      return;
    }
    case 'BatchGetItem': {
      const items = Object.values(answer.Responses ?? {}).flat();
      for (const item of items) counts.readUnits += readUnits(itemBytes(item), false);
      const keys = Object.values(asked.RequestItems ?? {}).flatMap(({ Keys }) => Keys).length;
      counts.readUnits += (keys - items.length) * readUnits(0, false);
    }
  }
}
