import {
  type CompactionQueue,
  type CompactionStore,
  type CompactRequest,
  type ErasedPerson,
  inStatements,
  isClosed,
  isMaskable,
  type LakeFiles,
  lastOf,
  partitionName,
  TABLES,
} from '../../events/index.ts';
import type { Ctx } from '../../shared/context.ts';
import { finished } from '../../shared/finished-query.ts';
import type { Ids } from '../../shared/ids.ts';
import type { Queries, QueryRow, QueryRows } from '../../shared/queries.ts';
import type { Time } from '../../shared/time.ts';
import { erasedPerson, isGoneFromTables, type OpenErasure } from './erasure.ts';
import { earliestEnd, type Keeping } from './erasure-view.ts';
import { type Found, foundOf, leftStatement, together, turnsOf, turnsStatement } from './lake-statements.ts';
import { endpointsOf, endpointsStatement, foundInLedger, ledgerLeftStatement } from './ledger-statements.ts';
import type { ErasureQueue, ErasureStore, PersonRows } from './ports.ts';

export interface EraseFromLakeDeps {
  readonly erasures: Pick<ErasureStore, 'allOpen' | 'found' | 'keyed' | 'close'>;
  readonly rows: Pick<PersonRows, 'removeFromBrowsers'>;
  readonly queries: Queries & QueryRows;
  readonly compactions: Pick<CompactionStore, 'read'>;
  readonly files: Pick<LakeFiles, 'list'>;
  readonly rewriting: Pick<CompactionQueue, 'send'>;
  readonly queue: ErasureQueue;
  readonly ids: Pick<Ids, 'random'>;
  readonly keeping: Pick<Keeping, 'quarantineDays' | 'workDays'>;
  readonly time: Time;
}

/**
 * The nightly look for people who are to be erased: finds the browsers and endpoints that were theirs and every file that still
 * holds something of them, asks for the rewriting of closed partitions, and closes an erasure once nothing is found any more.
 * It goes by what the files hold, not by what was asked for: a rewriting that failed or came too early is asked for again.
 */
export async function eraseFromLake(deps: EraseFromLakeDeps, ctx: Ctx): Promise<void> {
  const open = await allKeyed(deps);
  for (const erasure of open) if (!isGoneFromTables(erasure)) await deps.queue.send({ id: erasure.id });
  const byId = new Map(open.map((erasure) => [erasure.id, erasure]));
  const errors = {
    events: await oldestError(deps.files, 'errors/events/'),
    ledger: await oldestError(deps.files, 'errors/ledger/'),
  };
  await eachStatement(open.map(erasedPerson), async (people) => {
    const found = await withEndpoints(deps, ctx, byId, await withTurns(deps, ctx, byId, people));
    // With what has just been found they may be more than a statement takes.
    await eachStatement(found, async (known) => {
      const left = await leftOf(deps, ctx, byId, known);
      await rewrite(deps, ctx, known, left);
      for (const { id } of known) {
        const erasure = byId.get(id);
        if (erasure) await settle(deps, ctx, erasure, left, errors);
      }
    });
  });
}

/** Others do not wait for those who cannot be looked for: what failed first is thrown when all have had their turn. */
async function eachStatement(
  people: readonly ErasedPerson[],
  look: (some: readonly ErasedPerson[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const some of inStatements(people)) await look(some).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Those that are open, each with the key that was given to it first. */
async function allKeyed({ erasures, ids }: EraseFromLakeDeps): Promise<OpenErasure[]> {
  const open = await erasures.allOpen();
  const fresh = open.filter(({ key }) => key === undefined);
  for (const erasure of fresh) await erasures.keyed(erasure, ids.random() + ids.random());
  return fresh.length === 0 ? open : erasures.allOpen();
}

/** The same night removes files that nobody reads any more: a query that was about to read one fails, and is asked again. */
const TRIES = 3;

async function asked(deps: EraseFromLakeDeps, ctx: Ctx, sql: string, what: string): Promise<QueryRow[]> {
  for (let attempt = 1; ; attempt++) {
    const queryId = await deps.queries.start(sql, `${ctx.requestId} ${attempt} ${sql}`);
    try {
      await finished(deps, ctx, queryId, what);
    } catch (error) {
      if (attempt === TRIES) throw error;
      continue;
    }
    return deps.queries.rows(queryId);
  }
}

/** The people with all turns that are known of them; what they did in those browsers goes from the states. */
async function withTurns(
  deps: EraseFromLakeDeps,
  ctx: Ctx,
  byId: Map<string, OpenErasure>,
  people: readonly ErasedPerson[],
): Promise<ErasedPerson[]> {
  const found = turnsOf(
    await asked(deps, ctx, turnsStatement(people), 'looks for browsers of erased people'),
  );
  const known: ErasedPerson[] = [];
  for (const person of people) {
    const turns = together(person.turns, found.get(person.id) ?? []);
    const erasure = byId.get(person.id);
    if (erasure && turns.length > person.turns.length) {
      await deps.rows.removeFromBrowsers({ ...erasure, turns });
      await deps.erasures.found(erasure, { turns });
    }
    known.push({ ...person, turns });
  }
  return known;
}

/** The people with all endpoints that the ledger names together with them, beside those the engine had. */
async function withEndpoints(
  deps: EraseFromLakeDeps,
  ctx: Ctx,
  byId: Map<string, OpenErasure>,
  people: readonly ErasedPerson[],
): Promise<ErasedPerson[]> {
  const found = endpointsOf(
    await asked(deps, ctx, endpointsStatement(people), 'looks for endpoints of erased people'),
  );
  const known: ErasedPerson[] = [];
  for (const person of people) {
    const before = new Set(person.endpoints);
    const more = (found.get(person.id) ?? []).filter((endpoint) => !before.has(endpoint));
    const erasure = byId.get(person.id);
    if (erasure && more.length > 0) await deps.erasures.found(erasure, { endpoints: more });
    known.push({ ...person, endpoints: [...before, ...more] });
  }
  return known;
}

/** Every place in the lake that holds something of the people. */
async function leftOf(
  deps: EraseFromLakeDeps,
  ctx: Ctx,
  byId: Map<string, OpenErasure>,
  people: readonly ErasedPerson[],
): Promise<Found[]> {
  const untilOf = ({ id, untilMs }: ErasedPerson): number => {
    const erasure = byId.get(id);
    return erasure ? earliestEnd(erasure.requestedAt, deps.keeping) : untilMs;
  };
  const events = await asked(deps, ctx, leftStatement(people), 'looks for erased people');
  const messages = await asked(
    deps,
    ctx,
    ledgerLeftStatement(people, untilOf),
    'looks for erased people in the ledger',
  );
  return [...events.map(foundOf), ...messages.map(foundInLedger)];
}

/** Raw files and writings that do not count go by themselves, each night; the writing that counts is asked for anew. */
async function rewrite(
  { compactions, rewriting }: EraseFromLakeDeps,
  ctx: Ctx,
  people: readonly ErasedPerson[],
  left: readonly Found[],
): Promise<void> {
  const lines = {
    events: (await compactions.read(TABLES.events)).lines,
    ledger: (await compactions.read(TABLES.ledger)).lines,
  };
  const wanted = new Map<string, { readonly request: CompactRequest; readonly of: Set<string> }>();
  for (const { id, table, partition, version } of left) {
    const person = people.find((one) => one.id === id);
    const counts = version !== undefined && lastOf(lines[table], partition)?.version === version;
    const closed = isClosed(TABLES[table], partition, ctx.now);
    if (!person || !counts || !closed || !isMaskable(TABLES[table], partition, person, ctx.now)) continue;
    const place = placeOf({ table, partition });
    const { of } = wanted.get(place) ?? { of: new Set() };
    wanted.set(place, { request: { table, ...partition, anew: true }, of: of.add(id) });
  }
  for (const { request, of } of wanted.values()) await rewriting.send({ ...request, of: [...of] });
}

const placeOf = ({ table, partition }: Pick<Found, 'table' | 'partition'>): string =>
  `${table} ${partitionName(partition)}`;

async function settle(
  { erasures, keeping }: EraseFromLakeDeps,
  ctx: Ctx,
  erasure: OpenErasure,
  found: readonly Found[],
  errors: Readonly<Record<'events' | 'ledger', string | undefined>>,
): Promise<void> {
  const { id, requestedAt, done } = erasure;
  const at = new Date(ctx.now).toISOString();
  const left = new Set(found.filter((one) => one.id === id).map(placeOf)).size;
  if (!(await erasures.found(erasure, { left, lookedAt: at }))) return;
  const end = earliestEnd(requestedAt, keeping);
  // What Firehose could not file lies beside the lake until somebody replays it.
  const unfiled = isBy(errors.events, Date.parse(requestedAt)) || isBy(errors.ledger, end);
  if (left > 0 || unfiled || !isGoneFromTables(erasure) || ctx.now < end) return;
  await erasures.close(erasure, { id, requestedAt, done, doneAt: at });
}

const isBy = (day: string | undefined, ms: number): boolean =>
  day !== undefined && day <= new Date(ms).toISOString().slice(0, 10);

/** Day of the oldest file that Firehose could not file: `errors/<stream>/<kind>/<YYYY-MM-DD>/…`. */
async function oldestError(
  files: Pick<LakeFiles, 'list'>,
  prefix: `errors/${string}/`,
): Promise<string | undefined> {
  let oldest: string | undefined;
  for await (const key of files.list(prefix)) {
    const day = key.split('/')[3];
    if (day && (oldest === undefined || day < oldest)) oldest = day;
  }
  return oldest;
}
