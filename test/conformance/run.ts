/**
 * npm run test:conformance: the product against software nobody here wrote. boto3 speaks to the local system, Schemathesis
 * asks it what its own description makes it think of, Trino's parser reads the SQL, the suites of the stores run on DynamoDB
 * Local. What a machine lacks (Python, Java, Maven, a registry) is skipped and named; with CI=true that fails. Schemathesis runs when REPOINT_FUZZ is set.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { dynamoDbLocal, python, trino } from './tools.ts';

interface Part {
  readonly name: string;
  /** What the tests find the tool by. */
  readonly variable: string;
  readonly prepare: () => Promise<string>;
  readonly tests: readonly string[];
}

const HERE = 'test/conformance';
/** The contracts of every store, and operations of the engine on its tables. */
const ON_DYNAMODB = [
  'test/shared/idempotency.test.ts',
  'test/segments/stores.test.ts',
  'test/segments/save-naming.test.ts',
  'test/segments/lists/stores.test.ts',
  'test/members/stores.test.ts',
  'test/members/erasure/joined.test.ts',
  'test/campaigns/stores.test.ts',
  'test/campaigns/change-stores.test.ts',
  'test/campaigns/forget-member.test.ts',
  'test/campaigns/coupons/coupon-store.test.ts',
  'test/campaigns/policy/contact-store.test.ts',
  'test/campaigns/templates/template-store.test.ts',
  'test/pinpoint/registry.test.ts',
  'test/pinpoint/caps/caps.test.ts',
  'test/pinpoint/runs/run-store.test.ts',
  'test/pinpoint/apps/',
  'test/pinpoint/campaigns/',
  'test/pinpoint/endpoints/',
  'test/pinpoint/jobs/',
  'test/pinpoint/templates/',
];
/** What it makes up changes with every word of the description: it is for a look now and then, not for every change. */
const FUZZED: Part = {
  name: 'Schemathesis',
  variable: 'REPOINT_FUZZER',
  prepare: () => python('schemathesis.txt'),
  tests: [`${HERE}/schemathesis.conformance.ts`],
};
const PARTS: readonly Part[] = [
  ...(process.env['REPOINT_FUZZ'] ? [FUZZED] : []),
  {
    name: 'boto3',
    variable: 'REPOINT_PYTHON',
    prepare: () => python('requirements.txt'),
    tests: [`${HERE}/boto3.conformance.ts`],
  },
  {
    name: 'Trino’s parser',
    variable: 'REPOINT_TRINO',
    prepare: trino,
    tests: [`${HERE}/trino.conformance.ts`],
  },
  {
    name: 'DynamoDB Local',
    variable: 'REPOINT_DYNAMODB',
    prepare: async () => (await startDynamoDbLocal(await dynamoDbLocal())).url,
    tests: ON_DYNAMODB,
  },
];

async function prepared({ name, variable, prepare, tests }: Part) {
  try {
    return { tests, env: { [variable]: await prepare() } };
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    return { tests: [], env: {}, missing: `${name}: ${message}\n${stderr}`.trim().slice(0, 2_000) };
  }
}

function vitest(files: readonly string[], env: Record<string, string>): Promise<number> {
  const args = ['run', '--config', `${HERE}/conformance.config.ts`, ...files, ...process.argv.slice(2)];
  const options = { stdio: 'inherit', env: { ...process.env, ...env } } as const;
  return new Promise((resolve) => {
    spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], options).once('exit', (code) =>
      resolve(code ?? 1),
    );
  });
}

const gone = ON_DYNAMODB.filter((path) => !existsSync(join(import.meta.dirname, '..', '..', path)));
if (gone.length > 0) throw new Error(`No such tests: ${gone.join(', ')}`);
const parts = await Promise.all(PARTS.map(prepared));
const files = parts.flatMap(({ tests }) => tests);
const code = files.length > 0 ? await vitest(files, Object.assign({}, ...parts.map(({ env }) => env))) : 0;
const missing = parts.flatMap((part) => ('missing' in part ? [part.missing] : []));
if (!process.env['REPOINT_FUZZ']) console.warn('Not asked for: Schemathesis (REPOINT_FUZZ=1)');
for (const what of missing) console.warn(`SKIPPED, not to be had on this machine: ${what}`);
process.exit(code !== 0 || (missing.length > 0 && process.env['CI']) ? code || 1 : 0);
