/** Flow tests go through the local system over HTTP: the same bundles and templates that would be deployed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLake } from '../../local/athena-client.ts';
import { type Client, client } from '../../local/demo/client.ts';
import { type System, startSystem } from '../../local/system.ts';

/** One build serves every flow test of a run; it is made anew when a source changed. */
export const ASSEMBLY = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'repoint-assembly');

export interface Flow {
  readonly system: System;
  /** With the private API's key. */
  readonly api: Client;
  readonly sql: (statement: string) => Promise<Record<string, string>[]>;
  end(): Promise<void>;
}

/** A system of its own in a temporary folder. */
export async function startFlow(): Promise<Flow> {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-flow-'));
  const system = await startSystem({ dir, port: 0, quiet: true, assemblyDir: ASSEMBLY });
  return {
    system,
    api: client(system.baseUrl, system.apiKey),
    sql: openLake(system).query,
    async end() {
      await system.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Every question runs functions: asked more often, the answer would come later. */
const ASK_EVERY_MS = 400;

/** Asks again until the answer satisfies, for long: the machine may be busy; throws with the last one when it never does. */
export async function until<T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  { withinMs = 90_000, everyMs = ASK_EVERY_MS } = {},
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`Not within ${withinMs} ms; last answer: ${JSON.stringify(answer)}`);
    await sleep(everyMs);
  }
}

/** Waits until no function works: time that stands still meanwhile makes nothing late, however busy the machine is. */
export const idle = (api: Client): Promise<unknown> =>
  until(
    async () =>
      (await api.must([200], 'GET', '/local/functions')).body['functions'] as readonly {
        readonly running: number;
        readonly waiting: number;
      }[],
    (functions) => functions.every(({ running, waiting }) => running + waiting === 0),
    { everyMs: 20 },
  );

export interface CampaignAnswer {
  readonly id: string;
  readonly state: string;
  readonly nextSendAt: string | null;
  readonly sends: readonly {
    readonly state: string;
    readonly counts: Record<string, unknown> | null;
    readonly values: Record<string, unknown> | null;
    readonly history: readonly { readonly state: string; readonly why?: string }[];
  }[];
}

export async function postCampaign(
  api: Client,
  body: Record<string, unknown>,
  headers = {},
): Promise<CampaignAnswer> {
  const answer = await api.must([201], 'POST', '/v1/campaigns', body, headers);
  return answer.body['result'] as CampaignAnswer;
}

/** The campaign once it reached its end, or another state. */
export const finished = (
  api: Client,
  id: string,
  wanted: readonly string[] = ['completed', 'failed'],
): Promise<CampaignAnswer> =>
  until(
    async () => (await api.must([200], 'GET', `/v1/campaigns/${id}`)).body['result'] as CampaignAnswer,
    ({ state }) => wanted.includes(state),
  );

/** Members `u0…` with push, e-mail and phone; the even ones are gold. */
export const members = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    userId: `u${index}`,
    name: `회원${index}`,
    email: `u${index}@example.com`,
    phone: `010-0000-${String(index).padStart(4, '0')}`,
    pushTokens: [{ platform: index % 2 === 0 ? 'FCM' : 'APNS', token: `token-u${index}` }],
    attributes: { grade: index % 2 === 0 ? 'GOLD' : 'SILVER' },
  }));

let tried = 0;

/** The text with an ending of its own: a test that is tried again, as CI does once, finds nothing of its first try. */
export function unlike(text: string): string {
  tried += 1;
  return `${text}-${String(tried).padStart(4, '0')}`;
}

let made = 0;

/** An event of the plan with an id of its own, a minute ago. */
export function event(
  name: string,
  userId: string,
  properties: Record<string, unknown> = {},
  occurredAt = Date.now() - 60_000,
) {
  made += 1;
  return {
    event_id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    name,
    occurred_at: new Date(occurredAt).toISOString(),
    user_id: userId,
    properties,
  };
}
