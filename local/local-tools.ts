import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handle, json } from './front.ts';
import type { FunctionFigures } from './runtime/functions/function-pool.ts';
import { isNamed, type TroubleOrders, type Troubles } from './troubles.ts';

/** What the routes under /local can do. */
export interface LocalTools {
  readonly facts: { readonly pid: number; readonly dir: string; readonly startedAt: string };
  now(): number;
  advance(ms: number): void;
  /** With `at` (epoch ms) as the time that was due, now when absent. */
  tick(at?: number): Promise<unknown>;
  flush(): Promise<unknown>;
  figures(): readonly FunctionFigures[];
  queues(): readonly string[];
  readonly troubles: Pick<Troubles, 'order' | 'struck'>;
}

type Tool = (tools: LocalTools, body: Record<string, unknown>) => unknown | Promise<unknown>;

/** A request that a tool cannot use. */
class BadRequest extends Error {}

const TOOLS: Readonly<Record<string, Tool>> = {
  'GET /local/health': ({ facts }) => ({
    status: 'ready',
    pid: facts.pid,
    dir: facts.dir,
    startedAt: facts.startedAt,
  }),
  'GET /local/system': ({ facts }) => facts,
  'GET /local/functions': (tools) => ({ functions: tools.figures() }),
  'POST /local/clock': moveClock,
  'POST /local/tick': (tools, { at }) => tools.tick(at === undefined ? undefined : instant(at, 'at')),
  'PUT /local/troubles': orderTroubles,
  'GET /local/troubles': ({ troubles }) => ({ struck: troubles.struck }),
  'POST /local/flush': (tools) => tools.flush(),
};

/** `{"advanceMs": n}` moves the clock by n, `{"set": "2026-11-21T08:00:00Z"}` (or epoch ms) sets it; it answers with the new time. */
function moveClock(tools: LocalTools, { advanceMs, set, ...others }: Record<string, unknown>): unknown {
  if (Object.keys(others).length > 0) throw new BadRequest(`unknown field ${Object.keys(others).join(', ')}`);
  if (typeof advanceMs === 'number' && set === undefined) tools.advance(advanceMs);
  else if (set !== undefined && advanceMs === undefined) tools.advance(instant(set) - tools.now());
  else throw new BadRequest('give either advanceMs (a number) or set (ISO 8601 or epoch ms)');
  return { now: tools.now(), iso: new Date(tools.now()).toISOString() };
}

/** `{"kills":{"campaigns-advance":0.1},"repeats":{"sends":0.5},"failingQueries":2}` replaces what was ordered; `{}` ends it. */
function orderTroubles(tools: LocalTools, orders: Record<string, unknown>): unknown {
  const { kills, repeats, missedTicks, failingQueries, ...others } = orders;
  if (Object.keys(others).length > 0)
    throw new BadRequest(
      `unknown field ${Object.keys(others).join(', ')}; allowed: kills, repeats, missedTicks, failingQueries`,
    );
  const functions = tools.figures().map(({ name }) => name);
  for (const [field, shares, known] of [
    ['kills', kills, functions],
    ['missedTicks', missedTicks, functions],
    ['repeats', repeats, tools.queues()],
  ] as const)
    for (const [name, share] of Object.entries((shares ?? {}) as object)) {
      if (!known.some((physical) => isNamed(physical, name)))
        throw new BadRequest(`${field}.${name}: there is none of that name; there are ${known.join(', ')}`);
      if (typeof share !== 'number' || !(share >= 0 && share <= 1))
        throw new BadRequest(`${field}.${name} is ${JSON.stringify(share)}; allowed: 0 to 1`);
    }
  if (failingQueries !== undefined && !(Number.isInteger(failingQueries) && Number(failingQueries) >= 0))
    throw new BadRequest(
      `failingQueries is ${JSON.stringify(failingQueries)}; allowed: whole numbers from 0`,
    );
  tools.troubles.order(orders as TroubleOrders);
  return { ordered: orders };
}

function instant(value: unknown, field = 'set'): number {
  const ms = typeof value === 'number' ? value : Date.parse(String(value));
  if (Number.isNaN(ms))
    throw new BadRequest(`${field} is ${JSON.stringify(value)}; give ISO 8601 or epoch ms`);
  return ms;
}

/** The routes under /local. They are for this machine's own user: a page of another site cannot name this host. */
export function localTools(tools: LocalTools): Handle {
  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://local').pathname;
    const tool = TOOLS[`${request.method} ${path}`];
    if (!tool) return false;
    return answer(tool, tools, request, response);
  };
}

/** Refuses requests for /local that reach this port under another name (DNS rebinding). */
export const onlyByOwnName: Handle = (request, response) => {
  if (!request.url?.startsWith('/local')) return false;
  const name = request.headers.host?.replace(/:\d+$/, '');
  if (name === '127.0.0.1' || name === 'localhost') return false;
  request.resume();
  return json(response, 403, { code: 'forbidden', message: `Not available under the name ${name}` });
};

async function answer(
  tool: Tool,
  tools: LocalTools,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<true> {
  try {
    return json(response, 200, await tool(tools, await bodyOf(request)));
  } catch (error) {
    if (error instanceof BadRequest)
      return json(response, 400, { code: 'validation', message: error.message });
    return json(response, 500, {
      code: 'internal',
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}
