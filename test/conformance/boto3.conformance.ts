import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Flow, startFlow } from '../flows/support.ts';

const FOLDER = join(import.meta.dirname, 'pinpoint');
const FILES = readdirSync(FOLDER).filter((file) => /^test_.*\.py$/.test(file));
/** pytest's `-rA` ends with a line a test; parameters follow the name in brackets. */
const LINE = /^(PASSED|FAILED|ERROR) (\w+\.py)::(\w+)/gm;

/** The tests of a file, as they are written there. */
const testsOf = (file: string): string[] =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/^def (test_\w+)\(/gm)].map(([, name = '']) => name);

function pytest(python: string, facts: object): Promise<string> {
  const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '-q', '--tb=short', '--color=no', '-rA', '.'];
  const env = { ...process.env, REPOINT_FACTS: JSON.stringify(facts), PYTHONDONTWRITEBYTECODE: '1' };
  return new Promise((resolve) => {
    // What it ended with is told by its lines: a test without one has not run.
    execFile(python, args, { cwd: FOLDER, env, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}

describe('boto3 as a client of the engine', () => {
  let flow: Flow;
  let output: string;
  beforeAll(async () => {
    flow = await startFlow();
    output = await pytest(process.env['REPOINT_PYTHON'] ?? '', flow.system);
  });
  afterAll(() => flow?.end());

  it.each(FILES.flatMap((file) => testsOf(file).map((name) => [file, name] as const)))(
    '%s: %s',
    (file, name) => {
      const outcomes = [...output.matchAll(LINE)].filter(([, , in_, of]) => in_ === file && of === name);
      const told = outcomes.map(([, outcome]) => outcome);
      expect(told.length > 0 && told.every((outcome) => outcome === 'PASSED'), output).toBe(true);
    },
  );
});
