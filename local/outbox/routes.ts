import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentSecurity, PAGE_HEADERS } from '../page/layout.ts';
import { bodyOf, send, type WireAnswer } from '../wire/server.ts';
import { number, oneOf, ShapeError, struct, text } from '../wire/shape.ts';
import type { Faults } from './faults.ts';
import { ACTIONS } from './message.ts';
import { faultOrder, quotaChange, requireShare, requireWhole } from './orders.ts';
import { NotPlayable, type Player } from './player.ts';
import type { EmailQuota } from './quota.ts';
import { invalid, Refusal } from './refusal.ts';
import type { Entry, Filter, OutboxStore } from './store.ts';
import { messageView } from './view.ts';

const ROOT = '/local/outbox';
const PAGE = 50;
const MAX_PAGE = 1000;

interface RoutesDeps {
  readonly store: OutboxStore;
  readonly player: Player;
  readonly faults: Faults;
  /** Changes the e-mail quota and returns it. */
  readonly setQuota: (change: Partial<EmailQuota>) => EmailQuota;
}

const playOne = struct({ action: oneOf(...ACTIONS) }, {});
const playMany = struct(
  { action: oneOf(...ACTIONS) },
  { campaign: text, channel: text, to: text, q: text, share: number, limit: number },
);

const json = (status: number, body: unknown): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

const FILTERS = ['channel', 'campaign', 'to', 'q'] as const;

function filterOf(query: URLSearchParams, also: readonly string[] = []): Filter {
  const unknown = [...query.keys()].find((key) => ![...FILTERS, ...also].includes(key));
  if (unknown !== undefined) throw invalid(`${unknown} is not a known parameter`);
  return Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = query.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
}

function wholeNumber(query: URLSearchParams, name: string, max: number): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
  throw invalid(`${name} is ${value}; 1 to ${max} are allowed`);
}

function parsed<T>(shape: (value: unknown, at: string) => T, body: Buffer, request: IncomingMessage): T {
  // A page elsewhere can post to this address, but not as JSON without asking first.
  if (!request.headers['content-type']?.startsWith('application/json'))
    throw new Refusal(415, 'validation', 'The body must be application/json');
  try {
    return shape(JSON.parse(body.toString('utf8')), '');
  } catch (error) {
    if (error instanceof ShapeError || error instanceof SyntaxError) throw invalid(error.message);
    throw error;
  }
}

function found(store: OutboxStore, id: string): Entry {
  const entry = store.find(id);
  if (entry) return entry;
  throw new Refusal(404, 'not_found', `There is no message ${id}`);
}

async function list(store: OutboxStore, query: URLSearchParams): Promise<WireAnswer> {
  const filter = filterOf(query, ['limit', 'cursor']);
  const limit = wholeNumber(query, 'limit', MAX_PAGE) ?? PAGE;
  const cursor = wholeNumber(query, 'cursor', Number.MAX_SAFE_INTEGER);
  return json(200, await store.list(filter, limit, cursor === undefined ? undefined : String(cursor)));
}

async function view(store: OutboxStore, id: string): Promise<WireAnswer> {
  const nonce = randomUUID();
  const body = messageView(await store.read(found(store, id)), nonce);
  return {
    status: 200,
    headers: { ...PAGE_HEADERS, 'content-security-policy': contentSecurity(nonce) },
    body,
  };
}

async function many({ player }: RoutesDeps, body: Buffer, request: IncomingMessage): Promise<WireAnswer> {
  const { action, share, limit, ...filter } = parsed(playMany, body, request);
  if (share !== undefined) requireShare(share);
  if (limit !== undefined) requireWhole('limit', limit, 0);
  const played = await player.playMany({
    action,
    filter,
    ...(share !== undefined && { share }),
    ...(limit !== undefined && { limit }),
  });
  return json(200, { action, played });
}

function order({ faults }: RoutesDeps, body: Buffer, request: IncomingMessage): WireAnswer {
  const ordered = parsed(faultOrder, body, request);
  if (ordered) faults.order(ordered);
  else faults.clear();
  return json(200, { faults: faults.orders() });
}

function partsOf(pathname: string): string[] {
  try {
    return pathname
      .slice(ROOT.length + 1)
      .split('/')
      .map(decodeURIComponent);
  } catch {
    throw invalid(`${pathname} is not percent-encoded UTF-8`);
  }
}

/** Paths that name no message. */
const FIXED = ['', 'count', 'play', 'faults', 'quota'];

async function answer(
  deps: RoutesDeps,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Promise<WireAnswer> {
  const { store, player } = deps;
  const [first = '', second] = partsOf(url.pathname);
  switch (`${request.method} ${second ?? (FIXED.includes(first) ? `/${first}` : ':id')}`) {
    case 'GET /':
      return list(store, url.searchParams);
    case 'GET /count':
      return json(200, store.counts(filterOf(url.searchParams)));
    case 'POST /play':
      return many(deps, body, request);
    case 'POST /faults':
      return order(deps, body, request);
    case 'POST /quota':
      return json(200, { email: deps.setQuota(parsed(quotaChange, body, request)) });
    case 'GET :id':
      return json(200, await store.read(found(store, first)));
    case 'GET view':
      return view(store, first);
    case 'POST play': {
      const entry = found(store, first);
      await player.play(entry, parsed(playOne, body, request).action);
      return json(200, await store.read(entry));
    }
    default:
      throw new Refusal(404, 'not_found', `There is no ${request.method} ${url.pathname}`);
  }
}

function refused(error: unknown): WireAnswer {
  const requestId = randomUUID();
  if (error instanceof Refusal)
    return json(error.status, { code: error.code, message: error.message, field: null, requestId });
  if (error instanceof NotPlayable)
    return json(409, { code: 'conflict', message: error.message, field: 'action', requestId });
  console.error('The outbox failed', error);
  return json(500, { code: 'internal', message: String(error), field: null, requestId });
}

/** `/local/outbox…` of the local system's own port; false when the request is for somebody else. */
export function outboxRoutes(deps: RoutesDeps) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname !== ROOT && !url.pathname.startsWith(`${ROOT}/`)) return false;
    void (async () => {
      const body = await bodyOf(request);
      if (body === undefined) return;
      send(response, await answer(deps, request, url, body).catch(refused));
    })();
    return true;
  };
}
