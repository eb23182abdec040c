/**
 * npm run bench:segments -- [events]
 *
 * 5 M generated events of 500,000 members in closed days in the local engine: what every preset takes, what ten conditions take
 * beside one, compiling, and judging one member; and the same people and events that parcelvoy needed 113 s for. Of each
 * preset what Athena would scan and take for it: the columns and days its statement names, from the Parquet files themselves.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type AskedAt, type CompiledRule, compileRule } from '../lambdas/segments/compile/compile-rule.ts';
import { ANY_ACTIVITY } from '../lambdas/segments/compile/match-sql.ts';
import { splitRule } from '../lambdas/segments/compile/split-rule.ts';
import { evaluator } from '../lambdas/segments/evaluate/evaluate-rule.ts';
import type { FactEvent, Facts } from '../lambdas/segments/evaluate/facts.ts';
import { PRESETS } from '../lambdas/segments/presets/all.ts';
import { athenaCost } from '../lambdas/segments/resolve/athena-cost.ts';
import type { PlainRule } from '../lambdas/segments/rule/plain.ts';
import { plainOf } from '../lambdas/segments/rule/plain-of.ts';
import type { Rule } from '../lambdas/segments/rule/rule.ts';
import { lakeFolder } from '../lib/shared/lake.ts';
import { createLake } from '../local/aws/athena/index.ts';
import { toDuckDb } from '../local/aws/athena/translate.ts';
import { DATABASE } from '../test/local/aws/support/athena.ts';
import { glueTables, glueViews, LAKE_BUCKET, TIME_ZONE } from '../test/local/aws/support/lake.ts';
import { type EventLake, writeEventLake } from './event-lake.ts';
import { figure, machine } from './machine.ts';

const EVENTS = Number(process.argv[2] ?? 5_000_000);
/** Of the generated visitors a tenth is never named: half a million members of five million events. */
const VISITORS = EVENTS * 0.11;
const FIRST = '2026-03-01';
const DAYS = 120;
const DAY_MS = 86_400_000;
const ASKED: AskedAt = {
  now: Date.parse(FIRST) + DAYS * DAY_MS,
  timeZone: TIME_ZONE,
  retentionDays: 400,
};
/** Half of the members are named from the first event on, the others from the third of a session. */
const LAKE: EventLake = {
  events: EVENTS,
  first: FIRST,
  days: DAYS,
  visitor: () => `i % ${VISITORS}`,
  named: `v < ${VISITORS / 1.1} AND (k > 1 OR v % 2 = 0)`,
  properties: `',"category":"c' || (hash(i * 11 + k) % 50) || '"' || CASE WHEN hash(i * 19) % 5 = 0 THEN ',"coupon":"SPRING"' ELSE '' END`,
  compression: 'snappy',
};
/** 20,000 people, 46,700 events; parcelvoy 1.0 took 113 s to find a segment of them on two cores. */
const SMALL: EventLake = {
  ...LAKE,
  events: 46_700,
  visitor: () => 'i',
  perSession: { mean: 2.335, sql: '2 + CASE WHEN i % 1000 < 335 THEN 1 ELSE 0 END' },
  named: 'true',
};
const ROUNDS = 3;
/** Of what is compared with each other. */
const TEN_ROUNDS = 7;

const plain = (rule: unknown): PlainRule => plainOf(rule as Rule, { segment: () => undefined });
/** Nobody views one of fifty categories three times here. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  'viewed-category': { category: 'c7', times: 1 },
  birthday: { attribute: 'birthday' },
};
const presets = PRESETS.map(({ name, parameters }) => {
  const missing = parameters.find(
    (one) => one.default === undefined && GIVEN[name]?.[one.name] === undefined,
  );
  if (missing) throw new Error(`The preset ${name} needs the parameter ${missing.name}`);
  return { name, rule: plain({ preset: name, with: GIVEN[name] ?? {} }) };
});

/** Ten of different kinds, windows and events, and the first of them alone. */
const CONDITIONS: readonly object[] = [
  { did: 'view_item', times: { atLeast: 3 }, inTheLastDays: 90 },
  { did: 'purchase', inTheLastDays: 60 },
  { didNot: 'refund', inTheLastDays: 30 },
  { did: 'add_to_cart', times: { atLeast: 2 }, inTheLastDays: 90 },
  { did: 'search', inTheLastDays: 14 },
  { did: 'begin_checkout', inTheLastDays: 45 },
  { did: 'select_item', times: { atMost: 4, atLeast: 1 }, inTheLastDays: 90 },
  { did: 'view_item', where: [{ property: 'category', is: 'c7' }], inTheLastDays: 30 },
  // biome-ignore lint/suspicious/noThenProperty: the word of the language.
  { did: 'add_to_cart', then: { didNot: 'purchase' }, inTheLastDays: 30 },
  { computed: 'revenue', atLeast: 50_000, inTheLastDays: 90 },
];

async function open(lake: EventLake): Promise<{ s3Dir: string; db: DuckDBConnection; close: () => void }> {
  const s3Dir = mkdtempSync(join(tmpdir(), 'repoint-segments-'));
  await writeEventLake(s3Dir, lake);
  const views = glueViews('events', 'namings');
  const dir = join(s3Dir, '.lake');
  const clock = { now: () => ASKED.now };
  const opened = await createLake({
    s3Dir,
    dir,
    glueTables: [...glueTables, ...views],
    databases: [],
    clock,
  });
  const db = await opened.connect(DATABASE);
  const close = () => {
    db.closeSync();
    opened.close();
    rmSync(s3Dir, { recursive: true, force: true });
  };
  return { s3Dir, db, close };
}

interface Taken {
  readonly seconds: number;
  readonly cpu: number;
  readonly members: number;
}

/** The best of some rounds: the machine may be shared. */
async function taken(db: DuckDBConnection, rule: CompiledRule): Promise<Taken> {
  const [best] = await takenInTurns(db, ROUNDS, rule);
  if (best === undefined) throw new Error('Nothing was measured');
  return best;
}

/** The best of each, one after the other in every round: a machine that slows down slows them alike. */
async function takenInTurns(
  db: DuckDBConnection,
  rounds: number,
  ...rules: CompiledRule[]
): Promise<Taken[]> {
  const best: Taken[] = [];
  for (let round = 0; round < rounds; round++)
    for (const [index, { select }] of rules.entries()) {
      const text = toDuckDb(`SELECT count(*) FROM (${select})`);
      const [began, used] = [performance.now(), process.cpuUsage()];
      const members = Number((await db.runAndReadAll(text)).getRows()[0]?.[0]);
      const seconds = (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(used);
      if (seconds < (best[index]?.seconds ?? Number.POSITIVE_INFINITY))
        best[index] = { seconds, cpu: (user + system) / 1e6, members };
    }
  return best;
}

function filesOf(s3Dir: string, table: string, { from, to }: { from: string; to?: string }): string[] {
  const folder = join(s3Dir, LAKE_BUCKET, table);
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.slice(4) >= from && (to === undefined || name.slice(4) <= to))
    .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)));
}

/** What tells of an order: the view looks on all days whether it has been counted. */
const ORDERS = ['name', 'transaction_id'];

/** Bytes of the columns in the files of the days; all that is kept beside them has columns that are asked for, too. */
async function scanned(
  db: DuckDBConnection,
  s3Dir: string,
  { columns, days, namedFrom }: CompiledRule,
): Promise<number> {
  if (days === undefined) return 0;
  const events = join(lakeFolder('events_compacted'), 'filed=occurred');
  const read = filesOf(s3Dir, events, days);
  const turns =
    namedFrom === undefined ? [] : filesOf(s3Dir, lakeFolder('identity_turns'), { from: namedFrom });
  const others = filesOf(s3Dir, events, { from: '' }).filter((file) => !read.includes(file));
  return (
    (await bytesOf(db, [...read, ...turns], [...columns, ...ORDERS])) + (await bytesOf(db, others, ORDERS))
  );
}

async function bytesOf(
  db: DuckDBConnection,
  files: readonly string[],
  columns: readonly string[],
): Promise<number> {
  if (files.length === 0) return 0;
  const rows = await db.runAndReadAll(
    `SELECT sum(total_compressed_size)::DOUBLE FROM parquet_metadata([${files.map((file) => `'${file}'`).join(', ')}])
     WHERE split_part(path_in_schema, ', ', 1) IN (${columns.map((column) => `'${column}'`).join(', ')})`,
  );
  return Number(rows.getRows()[0]?.[0] ?? 0);
}

async function measurePresets(db: DuckDBConnection, s3Dir: string): Promise<boolean> {
  let good = true;
  const costs: string[] = [];
  for (const { name, rule } of presets) {
    if (splitRule(rule).path === 'members') {
      console.log(`preset ${name}: asked of members' rows, without Athena`);
      continue;
    }
    const compiled = compileRule(rule, ASKED);
    const { seconds, cpu, members } = await taken(db, compiled);
    const what = `preset ${name}: ${members.toLocaleString('en')} members`;
    good = figure(`${what}, ${cpu.toFixed(1)} s CPU`, seconds, 's', { atMost: 2.5 }) && good;
    const bytes = await scanned(db, s3Dir, compiled);
    costs.push(
      `  ${name}: ${(bytes / 2 ** 20).toFixed(1)} MiB, $${athenaCost(bytes).toFixed(6)} (${compiled.columns.join(', ')})`,
    );
  }
  console.log('Athena would scan, at $5 a TB and 10 MB at least:');
  for (const cost of costs) console.log(cost);
  return good;
}

/** One that reads a tenth of the events, and one that reads all that somebody did in as many days. */
async function measureTen(db: DuckDBConnection): Promise<boolean> {
  const told = ({ seconds, cpu }: Taken) => `${seconds.toFixed(2)} s (${cpu.toFixed(1)} s CPU)`;
  const rules = [
    CONDITIONS[0],
    { did: ANY_ACTIVITY, times: { atLeast: 3 }, inTheLastDays: 90 },
    { all: CONDITIONS },
  ];
  const compiled = rules.map((rule) => compileRule(plain(rule), ASKED));
  const [one, any, ten] = await takenInTurns(db, TEN_ROUNDS, ...compiled);
  if (one === undefined || any === undefined || ten === undefined) throw new Error('Nothing was measured');
  console.log(`one condition ${told(one)}, one on any activity ${told(any)}, ten ${told(ten)}`);
  figure('ten conditions / one on any activity', ten.seconds / any.seconds, 'times');
  return figure('ten conditions / one', ten.seconds / one.seconds, 'times', { atMost: 1.5 });
}

async function measureSmall(): Promise<boolean> {
  const { db, close } = await open(SMALL);
  try {
    const people = await db.runAndReadAll('SELECT count(*), count(DISTINCT user_id) FROM events');
    console.log(
      `parcelvoy's size: ${people.getRows()[0]?.map(String).join(' events, ')} people; it needed 113 s`,
    );
    const { seconds } = await taken(db, compileRule(plain(CONDITIONS[0]), ASKED));
    const all = await taken(db, compileRule(plain({ all: CONDITIONS }), ASKED));
    figure('  one condition', seconds, 's');
    return figure('  ten conditions', all.seconds, 's', { atMost: 113 });
  } finally {
    close();
  }
}

const RULES = [...presets.map(({ rule }) => rule), plain({ all: CONDITIONS })];

function measureCompiling(): boolean {
  const began = performance.now();
  const rounds = 20;
  for (const rule of RULES)
    for (let round = 0; round < rounds; round++) compileRule(rule, ASKED, { resolution: 'r' });
  return figure('compile a rule', (performance.now() - began) / RULES.length / rounds, 'ms', { atMost: 5 });
}

const NAMES = ['page_view', 'view_item', 'add_to_cart', 'purchase', 'search', 'begin_checkout'];
const person = (index: number): Facts => ({
  attributes: { birthday: '1990-06-15', grade: 'GOLD' },
  lists: new Set(),
  queries: new Set(),
  population: new Map(),
  events: Array.from({ length: 10 + (index % 50) }, (_, n): FactEvent => {
    const properties = { category: `c${(n * 7) % 11}`, revenue: n * 100, transaction_id: `t${n}` };
    const occurredAt = ASKED.now - ((n * 7919 + index * 104_729) % (DAYS * 24)) * 3_600_000;
    return {
      eventId: `${index}-${n}`,
      name: NAMES[(n + index) % NAMES.length] ?? '',
      occurredAt,
      properties,
      envelope: {},
    };
  }),
});

/** Every rule on a thousand members of ten to sixty events; the slowest rule counts. */
function measureEvaluating(): boolean {
  const people = Array.from({ length: 1000 }, (_, index) => person(index));
  const slowest = Math.max(
    ...RULES.map((rule) => {
      const judge = evaluator(rule, ASKED);
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const began = performance.now();
        for (const one of people) judge(one);
        best = Math.min(best, ((performance.now() - began) / people.length) * 1000);
      }
      return best;
    }),
  );
  return figure('one member, 10 to 60 events, the slowest rule', slowest, 'µs', { atMost: 50 });
}

async function main(): Promise<boolean> {
  console.log(`${machine()}; ${EVENTS.toLocaleString('en')} events of ${DAYS} closed days`);
  const { s3Dir, db, close } = await open(LAKE);
  try {
    const [size] = (await db.runAndReadAll('SELECT count(*), count(DISTINCT user_id) FROM events')).getRows();
    console.log(`${size?.map((count) => Number(count).toLocaleString('en')).join(' events of ')} members`);
    const quick = await measurePresets(db, s3Dir);
    const together = await measureTen(db);
    const small = await measureSmall();
    return [quick, together, small, measureCompiling(), measureEvaluating()].every(Boolean);
  } finally {
    close();
  }
}

process.exitCode = (await main()) ? 0 : 1;
