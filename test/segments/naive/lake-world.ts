/** A world in the local engine: written as the lake is, read through the real view, and asked there. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { filingOf } from '../../../lambdas/events/filing.ts';
import { compileRule } from '../../../lambdas/segments/compile/compile-rule.ts';
import { splitRule } from '../../../lambdas/segments/compile/split-rule.ts';
import type { PlainRule } from '../../../lambdas/segments/rule/plain.ts';
import type { QueryRow } from '../../../lambdas/shared/queries.ts';
import { lakeFolder } from '../../../lib/shared/lake.ts';
import { createLake } from '../../../local/aws/athena/index.ts';
import { toDuckDb } from '../../../local/aws/athena/translate.ts';
import { DATABASE } from '../../local/aws/support/athena.ts';
import { glueTables, glueViews, LAKE_BUCKET } from '../../local/aws/support/lake.ts';
import { NOW } from './generate.ts';
import { naiveHolds, naiveMembers } from './naive.ts';
import type { Told, World } from './world.ts';

const lakeTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

const COLUMNS: Readonly<Record<string, string>> = {
  'device.type': 'device_type',
  'page.title': 'page_title',
  source: 'source',
};

function line(event: Told): Record<string, unknown> {
  const { filed, day, late } = filingOf(event.occurredAt, event.receivedAt);
  return {
    event_id: event.eventId,
    name: event.name,
    occurred_at: lakeTime(event.occurredAt),
    received_at: lakeTime(event.receivedAt),
    late,
    user_id: event.userId,
    anonymous_id: event.anonymousId,
    schema_version: 1,
    bot: event.bot,
    transaction_id: event.properties['transaction_id'],
    properties: JSON.stringify(event.properties),
    ...Object.fromEntries(Object.entries(event.envelope).map(([name, value]) => [COLUMNS[name], value])),
    filed,
    day,
  };
}

/** An engine for worlds whose files lie under `s3Dir`. */
export async function openWorlds(s3Dir: string) {
  const folder = join(s3Dir, LAKE_BUCKET, lakeFolder('events_raw'));
  const lake = await createLake({
    s3Dir,
    dir: join(s3Dir, '.lake'),
    glueTables: [...glueTables, ...glueViews('events', 'namings')],
    databases: [],
    clock: { now: () => NOW },
  });
  let db: DuckDBConnection = await lake.connect(DATABASE);
  const rows = async (sql: string) => (await db.runAndReadAll(sql)).getRowsJS();
  const types = (await rows('DESCRIBE SELECT * FROM events_raw')).map(
    ([name, type]) => `${String(name)}: '${name === 'day' ? 'VARCHAR' : String(type)}'`,
  );
  return {
    /** The one world there is from now on: as files, and what the view says of them kept so that many rules can ask. */
    async write({ told }: World): Promise<void> {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const json = join(s3Dir, 'told.json');
      writeFileSync(json, told.map((event) => JSON.stringify(line(event))).join('\n'));
      await db.run(
        `COPY (SELECT * FROM read_json('${json}', format = 'newline_delimited', columns = {${types.join(', ')}}))
         TO '${folder}' (FORMAT parquet, PARTITION_BY (filed, day))`,
      );
      db.closeSync();
      db = await lake.connect(DATABASE);
      await db.run('CREATE TEMP TABLE kept AS SELECT * FROM events');
      await db.run('CREATE TEMP VIEW events AS SELECT * FROM kept');
      await db.run('CREATE TEMP TABLE kept_namings AS SELECT * FROM namings');
      await db.run('CREATE TEMP VIEW namings AS SELECT * FROM kept_namings');
    },
    /** The judged rows of members: what resolving writes before it asks. */
    async writeBits(bits: ReadonlyMap<string, string>): Promise<void> {
      await db.run(
        'CREATE OR REPLACE TEMP TABLE segment_bits (user_id VARCHAR, bits VARCHAR, resolution VARCHAR)',
      );
      const json = JSON.stringify([...bits].map(([id, text]) => ({ id, text })));
      await db.run(
        `INSERT INTO segment_bits SELECT e->>'id', e->>'text', 'r-1' FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS e)`,
        [json],
      );
    },
    /** The first column of what a SELECT in Trino's SQL gives, sorted. */
    ask: async (sql: string): Promise<string[]> =>
      (await rows(toDuckDb(sql))).map(([id]) => String(id)).sort(),
    /** What a SELECT in Trino's SQL gives, as Athena's API does: each value as its text. */
    async texts(sql: string): Promise<QueryRow[]> {
      const found = await db.runAndReadAll(`SELECT CAST(COLUMNS(*) AS varchar) FROM (\n${toDuckDb(sql)}\n)`);
      return found.getRowObjectsJS() as QueryRow[];
    },
    /** From now on the real view is read again. */
    unkept: async (): Promise<void> =>
      void (await db.run('DROP VIEW temp.main.events; DROP VIEW temp.main.namings')),
    close(): void {
      db.closeSync();
      lake.close();
    },
  };
}

export type Worlds = Awaited<ReturnType<typeof openWorlds>>;

/** What resolving judges: a row of every member, and of whoever is on a list of the rule. */
export function bitsOf(rule: PlainRule, of: World): Map<string, string> {
  const { bits } = splitRule(rule);
  const listed = listsOf(rule).flatMap((list) => [...(of.lists.get(list) ?? [])]);
  const rows = new Set([...of.members.keys(), ...listed]);
  return new Map(
    [...rows].map((id) => [id, bits.map((bit) => (naiveHolds(bit, id, of) ? '1' : '0')).join('')]),
  );
}

const listsOf = (rule: PlainRule): string[] =>
  'of' in rule ? rule.of.flatMap(listsOf) : rule.kind === 'list' ? [rule.list] : [];

/** Nothing when the compiled rule finds whom the rule read aloud finds, else what was found instead. */
export async function difference(worlds: Worlds, rule: PlainRule, of: World): Promise<string | undefined> {
  if (splitRule(rule).needsMembers) await worlds.writeBits(bitsOf(rule, of));
  const { select } = compileRule(rule, of, { resolution: 'r-1' });
  const [expected, found] = [naiveMembers(rule, of), await worlds.ask(select)];
  if (expected.sort().join() === found.join()) return undefined;
  return `${JSON.stringify(rule)}\n${select}\nread aloud: ${expected}\nfound:      ${found}`;
}
