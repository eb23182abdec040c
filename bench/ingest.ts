/**
 * npm run bench:ingest -- [file…] [--again] [--kill]
 *
 * Loads GA360 hit files over HTTP in batches of 500, waits until the last event is in the lake and in member state, and
 * compares the lake, asked by SQL, with counts made straight from the CSV. `--again` sends the same files once more;
 * `--kill` kills the server in the middle, starts it again and sends the files from the start.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Lake, openLake } from '../local/athena-client.ts';
import { batches, type Count, countFiles } from './ga360.ts';
import { figure, machine } from './machine.ts';
import { type Server, startServer } from './server.ts';

const BATCH = 500;
const CONNECTIONS = 4;
const PORT = 7391;
const DEFAULT = join(import.meta.dirname, '..', '..', 'shared', 'data', 'ga360', 'events-2016-08.csv.gz');

async function post(server: Server, events: readonly unknown[]): Promise<number> {
  const response = await fetch(`${server.baseUrl}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify({ events }),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${(await response.text()).slice(0, 500)}`);
  return events.length;
}

/** Sends the files; stops early, as a sender whose server died would, once `enough` says so. */
async function send(
  server: Server,
  files: readonly string[],
  enough: (sent: number) => boolean,
): Promise<number> {
  let sent = 0;
  const inFlight = new Set<Promise<void>>();
  for (const file of files) {
    for await (const batch of batches(file, BATCH)) {
      if (enough(sent)) return sent;
      const call: Promise<void> = post(server, batch).then((count) => {
        sent += count;
        inFlight.delete(call);
      });
      inFlight.add(call);
      if (inFlight.size >= CONNECTIONS) await Promise.race(inFlight);
    }
  }
  await Promise.all(inFlight);
  return sent;
}

async function compare(lake: Lake, expected: Map<string, Count>): Promise<boolean> {
  const rows = await lake.query(
    'SELECT name, count(*) AS events, count(DISTINCT user_id) AS users FROM events GROUP BY name ORDER BY name',
  );
  const found = new Map(
    rows.map((row) => [row['name'] ?? '', { events: Number(row['events']), users: Number(row['users']) }]),
  );
  let same = found.size === expected.size;
  console.log(
    `${'event'.padEnd(28)}${'CSV events'.padStart(11)}${'lake'.padStart(9)}${'CSV users'.padStart(11)}${'lake'.padStart(9)}`,
  );
  for (const [name, count] of [...expected].sort()) {
    const { events = 0, users = 0 } = found.get(name) ?? {};
    const equal = events === count.events && users === count.users;
    same &&= equal;
    console.log(
      `${name.padEnd(28)}${count.events.toString().padStart(11)}${events.toString().padStart(9)}${count.users.toString().padStart(11)}${users.toString().padStart(9)}${equal ? '' : '  DIFFERS'}`,
    );
  }
  console.log(same ? 'The lake gives exactly the counts of the files.' : 'THE LAKE DIFFERS FROM THE FILES.');
  return same;
}

/** Resolves once everything accepted is in the lake and in member state. */
async function settled(server: Server): Promise<void> {
  const response = await fetch(`${server.baseUrl}/local/flush`, { method: 'POST' });
  if (!response.ok) throw new Error(`/local/flush answered ${response.status} ${await response.text()}`);
}

async function timed(name: string, server: Server, files: readonly string[]): Promise<boolean> {
  const began = performance.now();
  const sent = await send(server, files, () => false);
  const accepted = (performance.now() - began) / 1000;
  await settled(server);
  const seconds = (performance.now() - began) / 1000;
  figure(`${name}: accepted over HTTP`, sent / accepted, 'events/s');
  return figure(`${name}: end to end (lake and member state)`, sent / seconds, 'events/s', { atLeast: 2500 });
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { again: { type: 'boolean' }, kill: { type: 'boolean' } },
  });
  const files = positionals.length > 0 ? positionals : [DEFAULT];
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    console.log(
      `No such file: ${missing.join(', ')}. Name a GA360 hit file: npm run bench:ingest -- events.csv.gz`,
    );
    return false;
  }
  console.log(machine());
  const expected = await countFiles(files);
  const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
  let server = await startServer(dir, PORT);
  try {
    let good = true;
    if (values.kill) {
      const total = [...expected.values()].reduce((sum, { events }) => sum + events, 0);
      let sent = 0;
      const sending = send(server, files, (count) => {
        sent = count;
        return false;
      }).catch((error: Error) => error);
      while (sent < total / 2) await sleep(20);
      await server.kill();
      await sending;
      console.log(
        `Killed after ${sent.toLocaleString('en')} events were accepted; starting again and sending from the start.`,
      );
      server = await startServer(dir, PORT);
    }
    good = (await timed('first time', server, files)) && good;
    good = (await compare(openLake(server), expected)) && good;
    if (values.again) {
      good = (await timed('same file again', server, files)) && good;
      good = (await compare(openLake(server), expected)) && good;
    }
    return good;
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) ? 0 : 1;
