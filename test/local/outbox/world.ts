import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublishedEvent } from '../../../local/aws/bus/index.ts';
import { type Outbox, startOutbox } from '../../../local/outbox/index.ts';

interface Collected {
  readonly headers: IncomingHttpHeaders;
  readonly events: readonly Record<string, unknown>[];
}

/** An outbox with everything around it that it talks to: the main port, the event bus, the collector, the clock. */
export interface World {
  readonly dir: string;
  readonly outbox: Outbox;
  readonly published: PublishedEvent[];
  readonly collected: Collected[];
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  nowMs: number;
  /** Calls `/local/outbox<path>` on the main port. */
  api(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  page(path: string): Promise<Response>;
  restart(): Promise<void>;
  end(): Promise<void>;
}

export async function world(autoDeliver = false): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'outbox-'));
  const published: PublishedEvent[] = [];
  const collected: Collected[] = [];
  let outbox: Outbox | undefined;
  const main = createServer((request, response) => {
    if (outbox?.routes(request, response)) return;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      collected.push({ headers: request.headers, ...JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(request.url === '/public/v1/events' ? 200 : 404).end('{}');
    });
  });
  await new Promise<void>((resolve) => main.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(main.address() as AddressInfo).port}`;
  const start = () =>
    startOutbox({
      dir,
      clock: { now: () => made.nowMs },
      publish: async (event) => void published.push(event),
      collector: { url: `${base}/public`, apiKey: 'write-only' },
      autoDeliver,
    });
  const made: World = {
    dir,
    get outbox() {
      if (!outbox) throw new Error('The outbox is not started');
      return outbox;
    },
    published,
    collected,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    nowMs: Date.parse('2026-11-21T09:00:00.000Z'),
    async api(path, body) {
      const response = await fetch(`${base}/local/outbox${path}`, {
        ...(body !== undefined && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    page: (path) => fetch(`${base}/local/outbox${path}`),
    async restart() {
      await outbox?.close();
      outbox = await start();
      outbox.resume();
    },
    async end() {
      await outbox?.close();
      main.closeAllConnections();
      main.close();
      rmSync(dir, { recursive: true });
    },
  };
  outbox = await start();
  outbox.resume();
  return made;
}
