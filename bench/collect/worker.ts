/** The collector with a stream that takes no time, run in a process of its own by bench/collect-cpu.ts. */
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { answerOf } from '../../lambdas/events/answer.ts';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import { pseudonymOf } from '../../lambdas/events/pseudonym.ts';
import { httpHandler, withJson } from '../../lambdas/shared/http.ts';
import { cryptoIds } from '../../lambdas/shared/ids.ts';
import { MAX_RECORD_BYTES, type StreamRecord } from '../../lambdas/shared/stream-writer.ts';
import { bodies, logins } from './bodies.ts';

/** Medians, per event. */
export interface Collecting {
  readonly bytes: number;
  readonly handlerUs: number;
  readonly baselineUs: number;
  readonly personalUs: number;
  /** With the records as bytes, made as stream-writer.aws.ts makes them. */
  readonly bytesUs: number;
}

const BATCH = 500;
const BODIES = 8;
const WARM_UP = 20;

const pseudonym = pseudonymOf('0123456789abcdef'.repeat(4));
let records = 0;
let asBytes = false;
const scratch = Buffer.allocUnsafeSlow(MAX_RECORD_BYTES);
const deps = {
  stream: {
    write: async (written: readonly StreamRecord[]) => {
      for (const { lines } of written) records += asBytes ? scratch.write(lines) : 1;
    },
  },
  quarantine: {
    keep: async () => {
      throw new Error('an event of the bench is refused');
    },
  },
  ids: cryptoIds,
  pseudonyms: async () => pseudonym,
};
const handler = httpHandler({
  'POST /events': withJson(async ({ body, stageVariables, headers }, ctx) =>
    answerOf(await collectEvents(deps, ctx, { body, arrival: arrivalOf(stageVariables, headers, ctx.now) })),
  ),
});
const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
const request = (body: string) =>
  ({
    httpMethod: 'POST',
    resource: '/events',
    path: '/events',
    body,
    headers: {
      'User-Agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/120.0.0.0 Safari/537.36',
      'CloudFront-Viewer-Country': 'KR',
    },
    stageVariables: { door: 'public' },
    requestContext: { requestId: 'r', identity: { sourceIp: '192.0.2.1', apiKeyId: 'k' } },
  }) as unknown as APIGatewayProxyEvent;

async function taken(body: string): Promise<void> {
  const { statusCode, body: answer } = await handler(request(body), context);
  if (statusCode !== 202) throw new Error(`The collector answered ${statusCode}: ${answer.slice(0, 500)}`);
}

type Run = (body: string) => unknown;

/** Microseconds of CPU per event of each, medians. In turns, so that a busy machine slows them alike. */
async function perEvent(rounds: number, texts: readonly string[], ...runs: Run[]): Promise<number[]> {
  const figures = runs.map((): number[] => []);
  for (let round = -WARM_UP; round < rounds; round++)
    for (const [at, run] of runs.entries()) {
      const before = process.cpuUsage();
      for (const text of texts) await run(text);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) figures[at]?.push((user + system) / (texts.length * BATCH));
    }
  return figures.map((all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN);
}

const rounds = Number(process.argv[2]);
const texts = bodies(BODIES, BATCH, Date.now());
let length = 0;
const baseline = (text: string) => {
  length += JSON.stringify(JSON.parse(text)).length;
};
const sent = async (text: string) => {
  asBytes = true;
  await taken(text);
  asBytes = false;
};
const [baselineUs = 0, handlerUs = 0, bytesUs = 0] = await perEvent(rounds, texts, baseline, taken, sent);
const [personalUs = 0] = await perEvent(10, logins(1, BATCH, Date.now()), taken);
if (length === 0 || records === 0) throw new Error('nothing was measured');
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / (BODIES * BATCH);
console.log(JSON.stringify({ bytes, handlerUs, baselineUs, personalUs, bytesUs } satisfies Collecting));
