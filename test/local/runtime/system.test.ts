import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { fileLock, Locked } from '../../../local/build/file-lock.ts';
import type { SystemFacts } from '../../../local/system-facts.ts';
import { ASSEMBLY } from '../../flows/support.ts';
import { scratch } from './toys.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const { dir, remove } = scratch();
const started: ChildProcess[] = [];

const stopAll = (): void => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
};
const folderOf = (name: string): string => mkdtempSync(join(dir, name));

afterAll(remove);

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
}

/** `npm start`, without npm. */
function run(folder: string, port: number): Run {
  const args = [
    '--import',
    'tsx',
    'local/start.ts',
    '--dir',
    folder,
    '--port',
    String(port),
    '--assembly',
    ASSEMBLY,
  ];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  return { child, output: () => output, exit };
}

async function ready({ output, exit }: Run): Promise<void> {
  let over = false;
  void exit.then(() => {
    over = true;
  });
  while (!output().includes('Ready at')) {
    if (over) throw new Error(`It ended before it was ready: ${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

const facts = (folder: string): SystemFacts =>
  JSON.parse(readFileSync(join(folder, 'system.json'), 'utf8')) as SystemFacts;

describe('npm start', () => {
  // Each try has folders of its own: what a first one left may still be locked.
  afterEach(stopAll);

  test('a taken port is one clear line and exit code 1, and nothing is left half started', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const folder = join(folderOf('taken'), 'state');
    const attempt = run(folder, port);
    expect(await attempt.exit).toEqual({ code: 1, signal: null });
    expect(attempt.output()).toMatch(new RegExp(`^port ${port} is taken \\(.+\\)\\n$`));
    expect(existsSync(folder)).toBe(false);
    holder.close();
  });

  test('it starts, answers, names itself to a second start, refuses other addresses, and stops on Ctrl-C', async () => {
    const folder = folderOf('one');
    const port = await freePort();
    const first = run(folder, port);
    await ready(first);
    const { baseUrl, apiKey, names, aws } = facts(folder);
    expect(baseUrl).toBe(`http://127.0.0.1:${port}`);
    expect(names).toMatchObject({ workgroup: expect.any(String), 'table:members': expect.any(String) });
    expect(aws).toMatchObject({ athena: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) });
    expect(readFileSync(join(folder, 'api-key'), 'utf8').trim()).toBe(apiKey);

    const [samePort, sameDir] = [run(folderOf('two'), port), run(folder, await freePort())];
    expect((await samePort.exit).code).toBe(1);
    expect(samePort.output()).toContain(`process ${first.child.pid}, state in ${folder}`);
    expect((await sameDir.exit).code).toBe(1);
    expect(sameDir.output()).toContain(`is in use by process ${first.child.pid}`);

    expect(await post(port, '127.0.0.2', apiKey)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await post(port, '127.0.0.1', 'wrong')).status).toBe(403);
    expect((await post(port, '127.0.0.1', apiKey)).status).toBe(400);
    expect((await call(port, '/local/system', { headers: { host: 'evil.example.com' } })).status).toBe(403);

    first.child.kill('SIGINT');
    expect(await first.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(join(folder, 'system.json'))).toBe(false);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  }, 300_000);
});

interface Call {
  readonly method?: string;
  readonly localAddress?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** node:http, because it can choose its own address and name the host as it likes. */
function call(port: number, path: string, options: Call): Promise<{ status: number; body: unknown }> {
  const { method = 'GET', localAddress = '127.0.0.1', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, method, localAddress, headers },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const post = (port: number, localAddress: string, key: string, body: unknown = {}) =>
  call(port, '/v1/events', {
    method: 'POST',
    localAddress,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body,
  });

describe('a lock file', () => {
  test('is held by one, waited for by others, and taken over from a process that is gone', async () => {
    const file = join(folderOf('a'), 'lock');
    const release = await fileLock(file);
    await expect(fileLock(file)).rejects.toBeInstanceOf(Locked);
    const waiting = fileLock(file, { waitMs: 60_000 });
    release();
    (await waiting)();
    expect(existsSync(file)).toBe(false);
    const gone = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => gone.once('exit', resolve));
    writeFileSync(file, String(gone.pid));
    (await fileLock(file))();
  });
});
