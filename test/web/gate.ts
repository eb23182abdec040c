/** What stands between a browser and the collector: everything that can go wrong on the way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `lose`: the collector takes it, the answer never comes. `cut`: nothing arrives. A number is the answer instead. */
export type Fault = 'pass' | 'lose' | 'cut' | number;

export interface Seen {
  readonly method: string;
  /** Epoch ms. */
  readonly at: number;
  readonly body: string;
}

/** One test's way to the collector: what a page of another test still sends as it closes goes another way. */
export interface Road {
  /** What the tracker is given as the address of the public API. */
  readonly url: string;
  /** Every request that came, whatever became of it. */
  readonly seen: Seen[];
  posts(): Seen[];
  /** What becomes of the next events sent, one by one, and of those after them; `cut` for all is being offline. */
  fault(next: readonly Fault[], then?: Fault): void;
  /** Pages of this origin may post; all may by default. */
  origin: string;
}

export interface Gate {
  road(): Road;
  close(): Promise<void>;
}

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const SENT_ON = ['origin', 'user-agent', 'content-type', 'x-api-key', /^access-control-/];

/** The request as the collector would have got it. */
function forwarded(collector: string, request: IncomingMessage, body: string): Promise<Response> {
  const headers = Object.entries(request.headers).filter(([name]) =>
    SENT_ON.some((one) => (typeof one === 'string' ? one === name : one.test(name))),
  ) as [string, string][];
  const { method = 'GET' } = request;
  const [, path = ''] = /^\/\d+\/v1(.*)$/.exec(request.url ?? '') ?? [];
  return fetch(`${collector}${path}`, { method, headers, ...(method === 'POST' ? { body } : {}) });
}

interface Way extends Road {
  becomesOf(method: string): Fault;
}

function newRoad(url: string): Way {
  let next: Fault[] = [];
  let then: Fault = 'pass';
  const seen: Seen[] = [];
  return {
    url,
    seen,
    posts: () => seen.filter(({ method }) => method === 'POST'),
    origin: '*',
    fault(faults, after = 'pass') {
      next = [...faults];
      then = after;
    },
    becomesOf(method) {
      if (method === 'POST') return next.shift() ?? then;
      return then === 'cut' ? 'cut' : 'pass';
    },
  };
}

/** `collector`: address of the public API. */
export async function openGate(collector: string): Promise<Gate> {
  const roads: Way[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const road = roads[Number(request.url?.split('/')[1])];
    if (!road) throw new Error(`No road leads to ${request.url}`);
    const { method = '' } = request;
    road.seen.push({ method, at: Date.now(), body });
    const fault = road.becomesOf(method);
    const cors = { 'access-control-allow-origin': road.origin };
    if (typeof fault === 'number') response.writeHead(fault, cors).end('{}');
    else if (fault === 'cut') response.destroy();
    else {
      const answer = await forwarded(collector, request, body);
      const text = await answer.text();
      if (fault === 'lose') response.destroy();
      else {
        const told = [...answer.headers].filter(([name]) => /^(access-control|content-type)/.test(name));
        response.writeHead(answer.status, { ...Object.fromEntries(told), ...cors }).end(text);
      }
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const address = await listening(server);
  return {
    road() {
      const road = newRoad(`${address}/${roads.length}/v1`);
      roads.push(road);
      return road;
    },
    close: () => closed(server),
  };
}
