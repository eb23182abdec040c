import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes a request, or says by `false` that it is not for it. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** The one public port. It is bound before anything else starts, so that a taken port leaves nothing half started. */
export interface Front {
  readonly port: number;
  readonly baseUrl: string;
  /** Sends requests to the first handler that takes them; until then they are answered 503. */
  open(handles: readonly Handle[]): void;
  /** From now on requests are answered 503 with `reason`. */
  refuse(reason: string): void;
  /** Takes no new connections; resolves when the requests at work are answered, or cut after `withinMs`. */
  close(withinMs: number): Promise<void>;
}

/** Somebody else listens on the port. */
export class PortTaken extends Error {}

/** Tells who is here, too: a second start asks. */
const refusing =
  (reason: string, dir: string): Handle =>
  (request, response) => {
    request.resume();
    return json(response, 503, { code: 'unavailable', message: reason, pid: process.pid, dir });
  };

/** Answers with JSON; true, for a handler to return. */
export function json(response: ServerResponse, status: number, body: unknown): true {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
  return true;
}

/** Binds 127.0.0.1:`port` (0 takes a free one) for the system in `dir`. Throws PortTaken, saying who is there as far as that can be told. */
export async function bindFront(port: number, dir: string): Promise<Front> {
  let handles: readonly Handle[] = [refusing('The local system is still starting', dir)];
  const server = createServer((request, response) => void dispatch(handles, request, response));
  server.keepAliveTimeout = 120_000;
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    baseUrl: `http://127.0.0.1:${bound}`,
    open(given) {
      handles = given;
    },
    refuse(reason) {
      handles = [refusing(reason, dir)];
    },
    close(withinMs) {
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), withinMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

async function dispatch(
  handles: readonly Handle[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    for (const handle of handles) if (await handle(request, response)) return;
    request.resume();
    json(response, 404, { code: 'not_found', message: `There is nothing at ${request.url}` });
  } catch (error) {
    console.error('A request failed', request.method, request.url, error);
    if (response.headersSent) response.destroy();
    else json(response, 500, { code: 'internal', message: String(error) });
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTaken(`port ${port} is taken (${await whoIsThere(port)})`);
  }
}

async function whoIsThere(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/local/health`, {
      signal: AbortSignal.timeout(1000),
    });
    const { pid, dir } = (await response.json()) as { pid?: number; dir?: string };
    if (pid !== undefined) return `a local Repoint runs there: process ${pid}, state in ${dir}`;
  } catch {
    // Whoever listens there does not speak our health check.
  }
  return 'by another program; choose one with --port';
}
