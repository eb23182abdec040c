/**
 * npm run bench:estimate -- [--members 1000000]
 *
 * How long an estimate of a resolved segment takes: the real reading, sampling and judging with the real AWS clients,
 * against stand-ins in another process whose DynamoDB calls last 10 ms. The list as both kinds of rules write it.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Definition } from '../lambdas/campaigns/campaign.ts';
import { costsOf } from '../lambdas/campaigns/estimate/costs.ts';
import { type EstimateDeps, estimateCampaign } from '../lambdas/campaigns/estimate/estimate-campaign.ts';
import { variables } from '../lambdas/campaigns/personalisation/variables.ts';
import { dynamoContacts } from '../lambdas/campaigns/policy/contact-store.aws.ts';
import { policySettings } from '../lambdas/campaigns/policy/settings.ts';
import { dynamoMemberProfiles } from '../lambdas/members/index.ts';
import { s3ListFiles } from '../lambdas/segments/index.ts';
import { documentClient } from '../lambdas/shared/dynamodb.aws.ts';
import { LEAN_LOGGER } from '../lambdas/shared/lean-client.aws.ts';
import { WITHOUT_BINARY } from '../lambdas/shared/plain-json.aws.ts';
import { figure, machine } from './machine.ts';

const MOST_MS = 3000;
/** The first one is told apart; of the others the quickest, for the machine may be busy. */
const ROUNDS = 4;
const NOON = Date.parse('2026-11-22T12:00:00+09:00');
const CTX = { actor: 'bench', requestId: 'r', now: NOON, deadline: Number.MAX_SAFE_INTEGER };
const POLICY = {
  country: 'KR',
  label: true,
  nightExemptions: false,
  defaultCaps: { perDay: 2 },
  cappedPurposes: 'all',
};
const CAMPAIGN: Definition = {
  name: 'bench',
  segment: 'all',
  channel: 'push',
  purpose: 'advertising',
  variants: [
    { id: '0', name: 'A', weight: 10_000, content: { title: 't', message: '#{회원 속성_grade} 회원님' } },
  ],
  holdout: 0,
  schedule: { kind: 'now' },
  policy: { label: true, night: 'hold' },
  missing: 'skip',
  defaults: {},
};

function depsOf(s3: S3Client, dynamo: DynamoDBClient, prefix: string): EstimateDeps {
  const client = documentClient(dynamo);
  return {
    resolved: {
      of: async () => ({
        resolutionId: prefix,
        url: `s3://work/${prefix}`,
        at: new Date(NOON).toISOString(),
      }),
    },
    lists: s3ListFiles(s3),
    profiles: dynamoMemberProfiles('members', client),
    personal: { of: async () => new Map() },
    rendered: () => [],
    contacts: dynamoContacts('contacts', client),
    coupons: { count: async () => ({ left: 0 }) },
    templates: {
      head: async () => undefined,
      version: async () => undefined,
    } as unknown as EstimateDeps['templates'],
    variables: variables(),
    policy: policySettings(JSON.stringify(POLICY), 'Asia/Seoul'),
    settings: {},
    monthUse: { of: async () => ({}) },
    costs: costsOf('{"currency":"KRW"}'),
  };
}

async function measured(deps: EstimateDeps, what: string): Promise<boolean> {
  const took: { readonly wallMs: number; readonly cpuMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    const { members, sample, channels } = await estimateCampaign(deps, CTX, CAMPAIGN);
    const { user, system } = process.cpuUsage(before);
    took.push({ wallMs: performance.now() - began, cpuMs: (user + system) / 1000 });
    if (round > 0) continue;
    const [all, some] = [members, sample?.members ?? members].map((number) => number.toLocaleString('en'));
    const { value, margin } = channels[0]?.members ?? { value: 0, margin: 0 };
    console.log(
      `${what}: ${all} members, ${some} judged; push reaches ${value.toLocaleString('en')} ± ${margin.toLocaleString('en')}`,
    );
  }
  const later = took.slice(1);
  const least = (of: 'wallMs' | 'cpuMs') => Math.min(...later.map((one) => one[of]));
  const first = figure('  first estimate of a process', took[0]?.wallMs ?? 0, 'ms', { atMost: MOST_MS });
  figure('  CPU of a later one', least('cpuMs'), 'ms');
  return figure('  a later one', least('wallMs'), 'ms', { atMost: MOST_MS }) && first;
}

const { values } = parseArgs({ options: { members: { type: 'string', default: '1000000' } } });
console.log(machine());
const child = fork(fileURLToPath(new URL('estimate-world.ts', import.meta.url)), [values.members], {
  execArgv: ['--import', 'tsx'],
});
try {
  const [urls] = (await once(child, 'message')) as [{ s3: string; dynamo: string }];
  const at = (endpoint: string) => ({
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench-secret' },
  });
  const s3 = new S3Client({ ...at(urls.s3), forcePathStyle: true });
  const dynamo = new DynamoDBClient({ ...at(urls.dynamo), ...LEAN_LOGGER, ...WITHOUT_BINARY });
  let met = true;
  for (const kind of ['plain', 'gzip'] as const) {
    met = (await measured(depsOf(s3, dynamo, `segments/${kind}/1/`), `${kind} files`)) && met;
  }
  process.exitCode = met ? 0 : 1;
} finally {
  child.disconnect();
  await once(child, 'exit');
}
