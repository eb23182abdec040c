import { join } from 'node:path';
import type { SettableClock } from '../clock.ts';
import type { Troubles } from '../troubles.ts';
import { asyncSettings } from './functions/async-settings.ts';
import { functionDefinition } from './functions/definition.ts';
import { Functions } from './functions/functions.ts';
import { LOCAL_PLACE, type LocalTemplate } from './local-template.ts';
import { type Scheduler, scheduleOf, startScheduler } from './scheduler.ts';
import { checkpointFiles } from './sources/checkpoint-files.ts';
import { mappingOf } from './sources/mapping.ts';
import type { Queues, Source, Streams } from './sources/ports.ts';
import { startQueueSource } from './sources/queue-source.ts';
import { type StreamSource, startStreamSource } from './sources/stream-source.ts';

export interface WiringDeps {
  readonly template: LocalTemplate;
  readonly dir: string;
  readonly clock: SettableClock;
  readonly queues: Queues;
  readonly streams: Streams;
  /** AWS_ENDPOINT_URL_<SERVICE> of every stand-in. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Stand-ins of what lies outside AWS, by the variable that names its address. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Workers one function may have at most. */
  readonly maxConcurrency: number;
  readonly troubles: Troubles;
}

/** Every function of the template; none runs until it is asked. */
export function functionsOf(deps: Omit<WiringDeps, 'streams'>): Functions {
  const { template, dir, clock, queues, endpoints, addresses, maxConcurrency, troubles } = deps;
  const { region } = LOCAL_PLACE;
  const surroundings = { region, endpoints, addresses, maxConcurrency, assets: template.assets };
  const settings = template.resources('AWS::Lambda::EventInvokeConfig').map(asyncSettings);
  return new Functions({
    definitions: template
      .resources('AWS::Lambda::Function')
      .map((resource) => functionDefinition(resource, template.attribute(resource, 'Arn'), surroundings)),
    clock: clock.shared,
    logDir: join(dir, 'logs'),
    asyncSettings: new Map(settings.map((one) => [one.functionName, one])),
    sendToQueue: (queueArn, body) => queues.send(queueArn, body),
    killer: troubles,
  });
}

/** What makes functions run: queues, streams and the minute. */
export interface Triggers {
  readonly streams: readonly StreamSource[];
  readonly scheduler: Scheduler;
  /** No new work is begun; resolves when the batches at work are done. */
  stop(): Promise<void>;
}

/** Starts every event source mapping and schedule of the template. */
export function startTriggers(deps: WiringDeps, functions: Functions): Triggers {
  const { template, dir, clock, queues, streams, troubles } = deps;
  const checkpoints = checkpointFiles(join(dir, 'checkpoints'));
  const mappings = template
    .resources('AWS::Lambda::EventSourceMapping')
    .map(mappingOf)
    .filter((mapping) => mapping !== undefined);
  const streamSources: StreamSource[] = [];
  const sources: Source[] = mappings.map((mapping) => {
    if (mapping.kind === 'stream') {
      const source = startStreamSource(mapping, { streams, queues, functions, checkpoints, clock });
      streamSources.push(source);
      return source;
    }
    // More pollers than workers would take messages off the queue only to hold them.
    const concurrency = Math.min(mapping.concurrency, functions.definition(mapping.functionName).concurrency);
    return startQueueSource(
      { ...mapping, concurrency },
      {
        queues,
        functions,
        region: LOCAL_PLACE.region,
        repeats: (queueArn) => troubles.repeats(queueArn.split(':').at(-1) ?? ''),
      },
    );
  });
  const scheduler = startScheduler(
    template
      .resources('AWS::Scheduler::Schedule')
      .map((resource) => scheduleOf(resource, template.attribute(resource, 'Arn')))
      .filter((schedule) => schedule !== undefined),
    { clock, functions, misses: (name) => troubles.missesTick(name) },
  );
  return {
    streams: streamSources,
    scheduler,
    async stop() {
      scheduler.stop();
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}
