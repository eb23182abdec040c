import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export type Answer = (request: WireRequest) => WireAnswer | Promise<WireAnswer>;

export interface WireServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Reads a whole request body; `undefined` when the client went away in the middle of it. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

export function send(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  const bytes = Buffer.from(body ?? '');
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.end(bytes);
}

async function handle(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) return;
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    send(response, await answer({ method: request.method ?? 'GET', url, headers: request.headers, body }));
  } catch (error) {
    console.error('A local stand-in failed', request.method, request.url, error);
    send(response, { status: 500, headers: { 'content-type': 'text/plain' }, body: 'Internal failure' });
  }
}

/** Serves `answer` on 127.0.0.1, by default on a free port. Rejects when the port is taken. */
export async function serve(answer: Answer, port = 0): Promise<WireServer> {
  const server = createServer((request, response) => void handle(answer, request, response));
  // SDK clients keep idle sockets open for long; closing them from this side first makes their next call fail.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
