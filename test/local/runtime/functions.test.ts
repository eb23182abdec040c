import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import { FunctionPool } from '../../../local/runtime/functions/function-pool.ts';
import { type Functions, UnknownFunction } from '../../../local/runtime/functions/functions.ts';
import { payloadJson } from '../../../local/runtime/functions/invocation.ts';
import { answerOf, arnOf, definitionOf, scratch, toyFunctions } from './toys.ts';

const { dir, remove } = scratch();
const clock = createClock();
const setAside: { queue: string; body: string }[] = [];
let functions: Functions;

beforeAll(() => {
  process.env['OWNERS_SECRET'] = 'must not be seen';
  functions = toyFunctions(
    dir,
    {
      env: { handler: 'async () => process.env', environment: { ONLY: 'this' } },
      taint: {
        handler: 'async () => { process.env.TAINT = "1"; globalThis.taint = 1; return process.env.TAINT; }',
      },
      context: {
        handler:
          'async (event, context) => ({ event, ...context, left: context.getRemainingTimeInMillis() })',
      },
      throws: {
        handler:
          'async () => { class OddError extends Error { name = "OddError" } throw new OddError("no"); }',
      },
      slow: {
        handler: 'async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return "done"; }',
        timeoutMs: 1_000,
      },
      spin: { handler: 'async () => { for (;;); }', timeoutMs: 200 },
      crash: { handler: 'async ({ die }) => { if (die) process.exit(3); return "alive"; }', concurrency: 1 },
      reject: {
        handler:
          'async ({ die }) => { if (die) { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 500)); } return "alive"; }',
      },
      broken: { before: 'throw new Error("cannot load");', handler: 'async () => 1' },
      huge: { handler: 'async () => "x".repeat(7 * 1024 * 1024)' },
      nothing: { handler: 'async () => undefined' },
      time: {
        handler:
          'async () => ({ now: Date.now(), built: new Date().getTime(), is: new Date() instanceof Date })',
      },
      talk: {
        handler:
          'async () => { console.log("said", JSON.stringify({ a: 1 })); console.error("cried"); return 1; }',
      },
      overlap: {
        before: 'let running = 0; let most = 0;',
        handler:
          'async () => { most = Math.max(most, ++running); await new Promise((r) => setTimeout(r, 20)); running--; return most; }',
        concurrency: 2,
      },
      memory: {
        handler: 'async () => { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())); }',
        memoryMb: 64,
      },
    },
    clock,
    {
      retryAfterMs: [10, 20],
      asyncSettings: new Map([
        ['throws', { functionName: 'throws', maxRetries: 1, onFailureArn: 'arn:aws:sqs:r:0:dlq' }],
      ]),
      sendToQueue: (queue, body) => setAside.push({ queue, body }),
    },
  );
});

afterAll(async () => {
  delete process.env['OWNERS_SECRET'];
  await functions.close();
  remove();
});

describe('a function runs as in Lambda', () => {
  test('with exactly its own environment, and nothing of the machine it runs on', async () => {
    const env = await answerOf<Record<string, string>>(functions, 'env');
    expect(Object.keys(env).sort()).toEqual(['LAMBDA_TASK_ROOT', 'ONLY', '_X_AMZN_TRACE_ID']);
  });

  test('what one function does to its process is not seen by another, nor by us', async () => {
    await answerOf(functions, 'taint');
    expect(await answerOf(functions, 'env')).not.toHaveProperty('TAINT');
    expect(process.env['TAINT']).toBeUndefined();
    expect(globalThis).not.toHaveProperty('taint');
  });

  test('by name or by ARN, with a context and the time it has left', async () => {
    const answer = await answerOf<Record<string, unknown>>(functions, arnOf('context'), { a: '한글' });
    expect(answer).toMatchObject({
      event: { a: '한글' },
      functionName: 'context',
      invokedFunctionArn: arnOf('context'),
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(answer['left']).toBeGreaterThan(0);
    expect(answer['left']).toBeLessThanOrEqual(5_000);
  });

  test('in the time of the local clock', async () => {
    clock.advance(3 * 86_400_000);
    const { now, built, is } = await answerOf<{ now: number; built: number; is: boolean }>(functions, 'time');
    clock.advance(-3 * 86_400_000);
    expect(now - Date.now()).toBeGreaterThan(2.99 * 86_400_000);
    expect(Math.abs(built - now)).toBeLessThan(1000);
    expect(is).toBe(true);
  });

  test('its console goes to its own log file', async () => {
    await answerOf(functions, 'talk');
    const log = () => readFileSync(join(dir, 'logs', 'talk.log'), 'utf8');
    await expect.poll(log, { timeout: 60_000 }).toBe('said {"a":1}\ncried\n');
  });

  test('one invocation at a time in a worker', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => answerOf(functions, 'overlap')));
    expect(answers).toEqual(Array(8).fill(1));
  });

  test('a result of undefined is null', async () => {
    expect(await answerOf(functions, 'nothing')).toBeNull();
  });
});

describe('a failure is part of the answer', () => {
  test('a thrown error', async () => {
    const invocation = await functions.invoke('throws', {});
    expect(invocation.functionError).toBe('Unhandled');
    expect(payloadJson(invocation)).toMatchObject({
      errorType: 'OddError',
      errorMessage: 'no',
      trace: expect.arrayContaining(['OddError: no']),
    });
  });

  test('a timeout, even of a loop that never yields, and the next invocation works', async () => {
    const message = expect.stringMatching(
      /^RequestId: .+ Error: Task timed out after (?:1\.00|0\.20) seconds$/,
    );
    for (const name of ['slow', 'spin']) {
      expect(await answerOf(functions, name, { ms: 5_000 })).toEqual({
        errorType: 'Sandbox.Timedout',
        errorMessage: message,
      });
    }
    expect(await answerOf(functions, 'slow', { ms: 1 })).toBe('done');
  });

  test('a crash fails its own invocation only', async () => {
    const [dead, alive] = await Promise.all([
      functions.invoke('crash', { die: true }),
      functions.invoke('crash', {}),
    ]);
    expect(payloadJson(dead)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(payloadJson(alive)).toBe('alive');
  });

  test('an unhandled rejection ends the worker, not the system', async () => {
    expect(await answerOf(functions, 'reject', { die: true })).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('lost'),
    });
    expect(await answerOf(functions, 'reject', {})).toBe('alive');
  });

  test('running out of memory', async () => {
    expect(await answerOf(functions, 'memory')).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  test('code that cannot be loaded', async () => {
    expect(await answerOf(functions, 'broken')).toMatchObject({
      errorType: 'Runtime.InitError',
      errorMessage: expect.stringContaining('cannot load'),
    });
  });

  test('an answer over 6 MB', async () => {
    expect(await answerOf(functions, 'huge')).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  test('a function that is not there', () => {
    expect(() => functions.invoke('nobody', {})).toThrow(UnknownFunction);
  });
});

test('an asynchronous invocation is tried again and then set aside', async () => {
  const before = functions.figures.find(({ name }) => name === 'throws')?.invocations ?? 0;
  functions.invokeLater('throws', { a: 1 });
  await expect.poll(() => setAside.length, { timeout: 60_000 }).toBe(1);
  const after = functions.figures.find(({ name }) => name === 'throws')?.invocations ?? 0;
  expect(after - before).toBe(2);
  expect(setAside[0]?.queue).toBe('arn:aws:sqs:r:0:dlq');
  expect(JSON.parse(setAside[0]?.body ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
    requestPayload: { a: 1 },
    responsePayload: { errorType: 'OddError' },
  });
});

test('a worker is killed in the middle when that is ordered, and the next invocation has a new one', async () => {
  const definition = definitionOf(dir, 'mortal', {
    before: 'let n = 0;',
    handler:
      'async (event) => { n += 1; if (event.waits) await new Promise(() => setInterval(() => 1, 1e6)); return n; }',
  });
  const log = createWriteStream(join(dir, 'mortal.log'));
  const orders = [undefined, 0, undefined];
  const killed: number[] = [];
  const killer = { killAfterMs: () => orders.shift(), killed: () => void killed.push(1) };
  const pool = new FunctionPool(definition, clock.shared, log, { killer });
  const run = (event: object) => pool.invoke(new TextEncoder().encode(JSON.stringify(event)));
  expect(payloadJson(await run({}))).toBe(1);
  expect(await run({ waits: true })).toMatchObject({ functionError: 'Unhandled' });
  expect(killed).toHaveLength(1);
  expect(payloadJson(await run({}))).toBe(1);
  await pool.close();
  log.end();
});

test('a worker with nothing to do is ended, and another starts when there is', async () => {
  const definition = definitionOf(dir, 'idle', { before: 'let n = 0;', handler: 'async () => ++n' });
  const log = createWriteStream(join(dir, 'idle.log'));
  const pool = new FunctionPool(definition, clock.shared, log, { idleMs: 60 });
  const run = async () => payloadJson(await pool.invoke(new TextEncoder().encode('{}')));
  expect([await run(), await run()]).toEqual([1, 2]);
  await expect.poll(() => pool.figures.workers, { timeout: 60_000 }).toBe(0);
  expect(await run()).toBe(1);
  await pool.close();
  log.end();
});
