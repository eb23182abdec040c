/**
 * npm run truth -- [--only ga360|retail]
 *
 * Sends all of GA360's August 2016 and all of Online Retail through the HTTP API of a local system, asks the views by SQL,
 * and compares every figure with an oracle that reads the files by the spec's words (bench/truth/); then who is in each preset
 * of segments, person by person (docs/segments.md). Beside ours it prints what Google Analytics itself says of August;
 * docs/metrics.md explains the differences. Ends with 1 when a figure or a person differs.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLake } from '../local/athena-client.ts';
import { batches } from './ga360.ts';
import { machine } from './machine.ts';
import type { MappedEvent } from './mapping.ts';
import { type Server, startServer } from './server.ts';
import { differences, figuresOfViews } from './truth/compare.ts';
import { type GaFigures, gaFigures } from './truth/ga-figures.ts';
import { gaHits, type Hit, retailHits, retailInvoices } from './truth/hits.ts';
import { type Figures, figuresOf } from './truth/oracle.ts';
import { judgedPresets, RETENTION_DAYS, wordsOf } from './truth/presets.ts';
import { type Deed, gaDeeds, retailDeeds } from './truth/presets-oracle.ts';
import { retailEvent } from './truth/retail.ts';

const PORT = 7393;
const BATCH = 500;
const CONNECTIONS = 4;
const SHOWN = 30;
/** When presets are asked: a moment after the last event of each file. */
const PRESETS_AT = { ga360: '2016-09-02T00:00:30Z', retail: '2011-12-10T00:00:30Z' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const DATA = join(import.meta.dirname, '..', '..', 'shared', 'data');
const EVENTS = join(DATA, 'ga360', 'events-2016-08.csv.gz');
const SESSIONS = join(DATA, 'ga360', 'sessions-2016-08.csv.gz');
const RETAIL = join(DATA, 'online_retail.csv.gz');

async function post(server: Server, events: readonly MappedEvent[]): Promise<void> {
  const response = await fetch(`${server.baseUrl}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify({ events }),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${(await response.text()).slice(0, 500)}`);
}

async function send(server: Server, source: AsyncIterable<MappedEvent[]> | Iterable<MappedEvent[]>) {
  const inFlight = new Set<Promise<void>>();
  for await (const batch of source) {
    const call: Promise<void> = post(server, batch).then(() => {
      inFlight.delete(call);
    });
    inFlight.add(call);
    if (inFlight.size >= CONNECTIONS) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
}

function* chunks(events: readonly MappedEvent[]): Generator<MappedEvent[]> {
  for (let at = 0; at < events.length; at += BATCH) yield events.slice(at, at + BATCH);
}

/** Ours beside Google Analytics' own, with the reason where they differ. */
function printBeside(ours: Figures, ga: GaFigures): void {
  console.log(`\n${'August 2016'.padEnd(26)}${'Repoint'.padStart(14)}${'GA'.padStart(14)}`);
  for (const { figure, name, theirs, why } of ga) {
    const value = ours.values.get(figure) ?? 0;
    const shown = figure.includes('revenue') ? value / 100 : value;
    console.log(
      `${name.padEnd(26)}${shown.toLocaleString('en').padStart(14)}${theirs.toLocaleString('en').padStart(14)}  ${shown === theirs ? '' : why}`,
    );
  }
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const wanted = [EVENTS, SESSIONS, RETAIL];
  const missing = wanted.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    console.log(`Skipped: the real data is not here (${missing.join(', ')}).`);
    return true;
  }
  console.log(machine());
  const hits: Hit[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'repoint-truth-'));
  const server = await startServer(dir, PORT);
  try {
    if (values.only !== 'retail') {
      for await (const hit of gaHits(EVENTS, SESSIONS)) hits.push(hit);
      await send(server, batches(EVENTS, BATCH));
    }
    if (values.only !== 'ga360') {
      const invoices = await retailInvoices(RETAIL);
      for (const hit of retailHits(invoices)) hits.push(hit);
      await send(server, chunks(invoices.map(retailEvent)));
    }
    console.log(
      `${hits.length.toLocaleString('en')} events were accepted; waiting until they are in the lake.`,
    );
    const flushed = await fetch(`${server.baseUrl}/local/flush`, { method: 'POST' });
    if (!flushed.ok) throw new Error(`/local/flush answered ${flushed.status} ${await flushed.text()}`);
    const figures = await compare(hits, server, values.only);
    const presets = await comparePresets(server, values.only);
    return figures && presets;
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compare(hits: readonly Hit[], server: Server, only: string | undefined): Promise<boolean> {
  const lake = openLake(server);
  const expected = figuresOf(hits);
  const found = await figuresOfViews(async (sql) => (await lake.query(sql)).map((row) => Object.values(row)));
  const wrong = differences(expected, found);
  for (const { figure, expected: told, found: seen } of wrong.slice(0, SHOWN))
    console.log(`DIFFERS  ${figure}: the files say ${told}, the views ${seen}`);
  console.log(
    wrong.length === 0
      ? `All ${found.size.toLocaleString('en')} figures of the views equal those of the files.`
      : `${wrong.length.toLocaleString('en')} OF ${found.size.toLocaleString('en')} FIGURES DIFFER.`,
  );
  if (only !== 'retail') {
    const august = figuresOf(hits.filter(({ currency, name }) => currency !== 'GBP' && name !== 'refund'));
    printBeside(august, await gaFigures(SESSIONS));
  }
  return wrong.length === 0;
}

/** People of both files are in one lake; of what is no longer kept at a moment, nobody knows. */
async function comparePresets(server: Server, only: string | undefined): Promise<boolean> {
  const visits: readonly Deed[] = only === 'retail' ? [] : await gaDeeds(EVENTS);
  const orders: readonly Deed[] = only === 'ga360' ? [] : retailDeeds(await retailInvoices(RETAIL));
  const deeds = visits.concat(orders);
  const lake = openLake(server);
  const query = async (sql: string) => (await lake.query(sql)).map((row) => Object.values(row));
  let equal = true;
  for (const [file, at] of Object.entries(PRESETS_AT)) {
    if (only !== undefined && only !== file) continue;
    const now = Date.parse(at);
    const kept = now - (now % DAY_MS) - RETENTION_DAYS * DAY_MS;
    console.log(`\nPresets at ${at}, after ${file}: members by the files and by the lake`);
    for (const verdict of await judgedPresets(
      query,
      deeds.filter((deed) => deed.at >= kept),
      now,
    )) {
      const { expected, found, differing } = verdict;
      const same = differing.length === 0 && expected === found;
      equal &&= same;
      const count = (members: number) => members.toLocaleString('en').padStart(10);
      console.log(
        `${wordsOf(verdict).padEnd(64)}${count(expected)}${count(found)}${same ? '' : `  DIFFERS: ${differing.join(', ')}`}`,
      );
    }
  }
  return equal;
}

process.exitCode = (await main()) ? 0 : 1;
