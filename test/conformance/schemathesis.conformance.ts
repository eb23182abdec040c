import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Flow, startFlow } from '../flows/support.ts';

/** Of each operation: a few hundred requests in all. */
const REQUESTS = 8;
const SEED = 7;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

function schemathesis({ system }: Flow, description: string): Promise<{ ok: boolean; output: string }> {
  const what = ['--checks', CHECKS.join(','), '--phases', 'fuzzing', '-n', String(REQUESTS)];
  const how = ['--seed', String(SEED), '-w', '2', '--no-shrink', '--continue-on-failure', '--no-color'];
  const where = ['--url', `${system.baseUrl}/v1`, '-H', `x-api-key: ${system.apiKey}`];
  const args = ['-m', 'schemathesis.cli', 'run', description, ...where, ...what, ...how, '--warnings', 'off'];
  return new Promise((resolve) => {
    // It writes what it remembers of a run to the folder it is in.
    const options = { cwd: system.dir, maxBuffer: 2 ** 26 };
    execFile(process.env['REPOINT_FUZZER'] ?? '', args, options, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: `${stdout}\n${stderr}` }),
    );
  });
}

describe('requests that Schemathesis makes of the API’s own description', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow();
  });
  afterAll(() => flow?.end());

  it('are answered as described, never with a server error', async () => {
    const { body } = await flow.api.must([200], 'GET', '/v1/openapi.json');
    const file = join(flow.system.dir, 'openapi.json');
    writeFileSync(file, JSON.stringify(body));
    const { ok, output } = await schemathesis(flow, file);
    const operations = Object.keys(body['paths'] as object).length;
    expect(ok, output).toBe(true);
    expect(Number(/(\d+) generated/.exec(output)?.[1]), output).toBeGreaterThan(2 * operations);
  });
});
