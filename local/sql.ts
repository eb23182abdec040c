/** npm run sql -- "select …": asks the lake of the running system through the official Athena client. Option: --dir <folder>. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLake } from './athena-client.ts';
import { print } from './print-table.ts';
import type { SystemFacts } from './system-facts.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const { values, positionals } = parseArgs({
  options: { dir: { type: 'string', default: '.local' } },
  allowPositionals: true,
});
const statement = positionals.join(' ').trim();
const file = join(values.dir, 'system.json');

if (statement === '' || !existsSync(file)) {
  console.error(
    statement === ''
      ? 'Give a statement: npm run sql -- "SELECT name, count(*) FROM events GROUP BY name"'
      : `No system runs on ${values.dir}: start one with npm start`,
  );
  process.exitCode = 1;
} else {
  try {
    const facts = JSON.parse(readFileSync(file, 'utf8')) as SystemFacts;
    print(await openLake(facts).query(statement));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
