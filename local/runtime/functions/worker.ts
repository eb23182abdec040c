/**
 * Runs inside a worker thread, as Lambda's Node.js runtime does inside its sandbox: loads the function's bundle, then
 * answers one invocation after the other. Bundled to one script by worker-script.ts; nothing else imports it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { createClock } from '../../clock.ts';
import type { InvokeMessage, WorkerMessage, WorkerSetup } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

const setup = workerData as WorkerSetup;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `Date` shows the local clock, so that handlers, SDK retries and log lines all live in one time. */
function followClock(): void {
  const RealDate = Date;
  const clock = createClock(setup.clock, RealDate.now.bind(RealDate));
  RealDate.now = clock.now;
  const LocalDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [clock.now()] : args, newTarget) as object,
    apply: () => new RealDate(clock.now()).toString(),
  });
  RealDate.prototype.constructor = LocalDate;
  globalThis.Date = LocalDate;
}

async function loadHandler(): Promise<Handler> {
  const [file = '', exported = ''] = setup.handler.split('.');
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(setup.codeDir, file + extension))
    .find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`Runtime.ImportModuleError: there is no module '${file}' in ${setup.codeDir}`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const handler = module[exported];
  if (typeof handler !== 'function')
    throw new Error(`Runtime.HandlerNotFound: ${setup.handler} is undefined or not exported`);
  return handler as Handler;
}

/** Lambda's context object (AWS: "Using the Lambda context object to retrieve Node.js function information"). */
function contextOf({ requestId, timeoutMs }: InvokeMessage): object {
  const endsAt = performance.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.functionArn,
    memoryLimitInMB: String(setup.memoryMb),
    awsRequestId: requestId,
    logGroupName: setup.logGroupName,
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAt - performance.now())),
  };
}

function failure(cause: unknown): object {
  if (!(cause instanceof Error)) return { errorType: typeof cause, errorMessage: String(cause), trace: [] };
  return {
    errorType: cause.name,
    errorMessage: cause.message,
    trace: (cause.stack ?? '').split('\n'),
  };
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message, message.kind === 'ended' ? [message.payload.buffer as ArrayBuffer] : []);
}

async function run(handler: Handler, message: InvokeMessage): Promise<void> {
  const hex = message.requestId.replaceAll('-', '');
  process.env['_X_AMZN_TRACE_ID'] = `Root=1-${hex.slice(0, 8)}-${hex.slice(8)};Sampled=0`;
  const ended = (value: unknown, failed: boolean): void => {
    const payload = encoder.encode(JSON.stringify(value) ?? 'null');
    tell({ kind: 'ended', requestId: message.requestId, payload, failed });
  };
  try {
    const event: unknown = JSON.parse(decoder.decode(message.payload));
    ended(await handler(event, contextOf(message)), false);
  } catch (cause) {
    console.error('Invoke Error', cause);
    ended(failure(cause), true);
  }
}

followClock();
const handler = await loadHandler();
parentPort?.on('message', (message: InvokeMessage) => void run(handler, message));
tell({ kind: 'ready' });
