import type { Invoke } from './aws/lambda-api/index.ts';
import type { SettableClock } from './clock.ts';
import { type Door, doorOf, doorsOf } from './doors.ts';
import type { Front, Handle } from './front.ts';
import { localTools, onlyByOwnName } from './local-tools.ts';
import { page } from './page/index.ts';
import { pageFacts } from './page-facts.ts';
import { type Functions, UnknownFunction } from './runtime/functions/functions.ts';
import { payloadJson } from './runtime/functions/invocation.ts';
import { apiKeys } from './runtime/gateway/api-keys.ts';
import { compileApis } from './runtime/gateway/compile-api.ts';
import { Gateway } from './runtime/gateway/gateway.ts';
import { type LateAddresses, LOCAL_PLACE, LocalTemplate } from './runtime/local-template.ts';
import { physicalNames } from './runtime/names.ts';
import { functionsOf, startTriggers, type Triggers } from './runtime/wiring.ts';
import { outsideAddresses, type StandIns, sdkEndpoints, startStandIns } from './stand-ins.ts';
import type { SystemFacts } from './system-facts.ts';
import { Troubles } from './troubles.ts';

interface PartsOptions {
  readonly dir: string;
  readonly assemblyDir: string;
  readonly clock: SettableClock;
  readonly front: Front;
  readonly maxConcurrency: number;
}

/** Everything behind the public port, wired from the template and running. */
export interface Parts {
  readonly facts: SystemFacts;
  advance(ms: number): void;
  tick(at?: number): Promise<unknown>;
  flush(): Promise<unknown>;
  /** Lets running work end within `drainMs`, then closes all. */
  close(drainMs: number): Promise<void>;
}

/** How long a consumer may need to reach the end of its stream. */
const CATCH_UP_MS = 60_000;

/** Starts stand-ins, functions, triggers and the doors. When a stand-in fails, those that were up are closed. */
export async function startParts(options: PartsOptions): Promise<Parts> {
  const { dir, assemblyDir, clock, front, maxConcurrency } = options;
  const addresses: LateAddresses = {};
  const template = new LocalTemplate(assemblyDir, addresses);
  const keys = apiKeys(template.of('AWS::ApiGateway::ApiKey'), dir);
  const doors = doorsOf(compileApis(template, LOCAL_PLACE, keys, performance.now()));
  addresses.apiUrl = (apiId) => {
    const door = Object.values(doors).find(({ api }) => api.id === apiId);
    return door && `${front.baseUrl}${door.basePath}`;
  };

  let functions: Functions | undefined;
  const running = (): Functions => {
    if (!functions) throw new Error('The functions have not started yet');
    return functions;
  };
  const collector = { url: `${front.baseUrl}/public`, apiKey: keyOf(doors.public) };
  const troubles = new Troubles();
  const standIns = await startStandIns({
    dir,
    template,
    clock,
    collector,
    invoke: invoker(running),
    troubles,
  });
  addresses.queueUrls = standIns.sqs.queueUrls;

  const wiring = {
    template,
    dir,
    clock,
    endpoints: sdkEndpoints(standIns),
    addresses: outsideAddresses(standIns),
    maxConcurrency,
    queues: standIns.sqs,
    streams: standIns.kinesis.log,
    troubles,
  };
  functions = functionsOf(wiring);
  const triggers = startTriggers(wiring, functions);
  const facts = factsOf({ dir, baseUrl: front.baseUrl, doors, standIns, template });
  const controls = {
    advance: (ms: number): void => {
      clock.advance(ms);
      standIns.sqs.advance(ms);
    },
    tick: (at?: number) => ticked(triggers, at),
    flush: () => flushed(standIns, triggers),
  };
  const now = (): number => clock.now();
  front.open([
    throughDoors(doors, new Gateway({ functions, clock })),
    onlyByOwnName,
    localTools({
      facts,
      now,
      figures: () => running().figures,
      queues: () => Object.keys(standIns.sqs.queueUrls),
      troubles,
      ...controls,
    }),
    standIns.outbox.routes,
    page(pageFacts(facts, { now, functions, outbox: standIns.outbox })),
  ]);
  // Receipts are told from now on: whoever listens to them is there.
  standIns.outbox.resume();
  return { facts, ...controls, close: closer({ standIns, functions, triggers }) };
}

type Doors = ReturnType<typeof doorsOf>;

const keyOf = ({ api }: Door): string => api.usagePlans.first?.value ?? '';

/** Requests for the paths of the APIs go through the gateway. */
const throughDoors =
  (doors: Doors, gateway: Gateway): Handle =>
  async (request, response) => {
    const door = doorOf(doors, (request.url ?? '/').split('?')[0] ?? '/');
    if (door) await gateway.serve(door.api, door.basePath, request, response);
    return door !== undefined;
  };

function factsOf(given: {
  dir: string;
  baseUrl: string;
  doors: Doors;
  standIns: StandIns;
  template: LocalTemplate;
}): SystemFacts {
  const { dir, baseUrl, doors, standIns, template } = given;
  const urlOf = ({ basePath }: Door): string => `${baseUrl}${basePath}`;
  const secret = template
    .properties<{ Name: string }>('AWS::SecretsManager::Secret')
    .find(({ Name }) => Name.endsWith('-pinpoint-credentials'));
  return {
    pid: process.pid,
    dir,
    startedAt: new Date().toISOString(),
    baseUrl,
    endpoints: {
      private: urlOf(doors.private),
      public: urlOf(doors.public),
      engine: urlOf(doors.engine),
    },
    apiKey: keyOf(doors.private),
    collectorKey: keyOf(doors.public),
    engine: {
      endpoint: `${baseUrl}/pinpoint`,
      region: LOCAL_PLACE.region,
      ...credentialsOf(standIns, secret?.Name ?? ''),
    },
    aws: Object.fromEntries(
      Object.entries(sdkEndpoints(standIns)).map(([service, url]) => [
        service.toLowerCase().replaceAll('_', '-'),
        url,
      ]),
    ),
    names: physicalNames(template),
  };
}

/** How the stand-ins of Lambda and EventBridge run a function. */
function invoker(functions: () => Functions): Invoke {
  return async (name, payload, type) => {
    try {
      if (type === 'Event') {
        functions().invokeLater(name, payload);
        return { payload: null };
      }
      const invocation = await functions().invoke(name, payload);
      return {
        payload: payloadJson(invocation),
        ...(invocation.functionError && { functionError: invocation.functionError }),
      };
    } catch (error) {
      if (error instanceof UnknownFunction) return undefined;
      throw error;
    }
  };
}

async function ticked({ scheduler }: Triggers, at?: number): Promise<{ ticked: string[] }> {
  const ticks = await scheduler.tick(at);
  const failed = ticks.filter(({ invocation }) => invocation.functionError);
  if (failed.length > 0) {
    const reasons = failed.map(
      ({ schedule, invocation }) => `${schedule}: ${JSON.stringify(payloadJson(invocation))}`,
    );
    throw new Error(`A tick failed: ${reasons.join('; ')}`);
  }
  return { ticked: ticks.map(({ schedule }) => schedule) };
}

/** First what is still on its way to a stream, then the streams' consumers, then the lake. */
async function flushed(
  { outbox, firehose }: StandIns,
  { streams }: Triggers,
): Promise<{ flushed: string[] }> {
  await outbox.flush();
  await Promise.all(streams.map((stream) => stream.caughtUp(CATCH_UP_MS)));
  await firehose.flush();
  return { flushed: ['outbox', ...streams.map(({ name }) => name), 'firehose'] };
}

function closer(running: { standIns: StandIns; functions: Functions; triggers: Triggers }) {
  let closing: Promise<void> | undefined;
  const close = async (drainMs: number): Promise<void> => {
    const { standIns, functions, triggers } = running;
    const until = performance.now() + drainMs;
    const stopped = Promise.all([triggers.stop(), standIns.outbox.pause()]);
    await functions.drain(drainMs);
    await Promise.race([stopped, after(Math.max(0, until - performance.now()))]);
    await functions.close();
    await standIns.close();
  };
  return (drainMs: number): Promise<void> => {
    closing ??= close(drainMs);
    return closing;
  };
}

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** The engine's first key pair: its secret is JSON `{ "<accessKeyId>": "<secretAccessKey>" }`. */
function credentialsOf(
  { secrets }: StandIns,
  secretName: string,
): { accessKeyId: string; secretAccessKey: string } {
  const pairs = Object.entries(JSON.parse(secrets.value(secretName)) as Record<string, string>);
  const [accessKeyId = '', secretAccessKey = ''] = pairs[0] ?? [];
  return { accessKeyId, secretAccessKey };
}
