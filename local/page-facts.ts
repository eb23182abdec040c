import { join } from 'node:path';
import type { Outbox } from './outbox/index.ts';
import type { PageFacts } from './page/index.ts';
import type { FunctionFigures } from './runtime/functions/function-pool.ts';
import type { SystemFacts } from './system-facts.ts';

interface Live {
  now(): number;
  readonly functions: { readonly figures: readonly FunctionFigures[] };
  readonly outbox: Outbox;
}

const state = ({ workers, waiting }: FunctionFigures): string => {
  if (workers === 0) return 'not started';
  return waiting > 0 ? `${workers} workers, ${waiting} waiting` : `${workers} workers`;
};

/** What the page at `/` shows of a running system. */
export function pageFacts(facts: SystemFacts, live: Live): PageFacts {
  const { dir, baseUrl, endpoints, apiKey, collectorKey, engine } = facts;
  const body = '{"segment":"cart","title":"안녕하세요 {{User.UserId}}님","message":"신제품을 소개합니다."}';
  return {
    stage: 'local',
    now: live.now,
    apis: [
      { name: 'private', url: endpoints.private, note: `x-api-key: ${apiKey}` },
      { name: 'public', url: `${endpoints.public}/events`, note: `x-api-key: ${collectorKey}` },
      { name: 'Pinpoint', url: engine.endpoint, note: `${engine.accessKeyId}, region ${engine.region}` },
      {
        name: 'local tools',
        url: `${baseUrl}/local/system`,
        note: 'health, functions, clock, tick, flush, outbox',
      },
    ],
    curl: `curl -X POST ${endpoints.private}/campaigns -H 'x-api-key: ${apiKey}' -H 'content-type: application/json' -d '${body}'`,
    files: [
      { name: 'lake', path: join(dir, 's3') },
      { name: 'logs of functions', path: join(dir, 'logs') },
      { name: 'keys and addresses', path: join(dir, 'system.json') },
    ],
    functions: () =>
      live.functions.figures.map((figures) => ({
        name: figures.name,
        state: state(figures),
        invocations: figures.invocations,
        errors: figures.errors,
      })),
    outbox: live.outbox,
  };
}
