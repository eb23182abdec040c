/**
 * npm run bench:resolve -- [--endpoints 1000000] [--users 200000] [--only endpoints|users|zones]
 *
 * How fast a run's list becomes slices, and in how much memory: an imported list of endpoints, one of users whose
 * endpoints are read, and one of endpoints at local time in eleven treatments, which has the most slices open at once. The real resolving with the real AWS clients in a process of its own, against stand-ins in another.
 */
import { parseArgs } from 'node:util';
import { bundleWorker, type Workers } from './engine/bundled.ts';
import { type Canned, startCanned } from './engine/canned.ts';
import type { CampaignOptions } from './engine/engine.ts';
import { figure, machine } from './machine.ts';

const ENDPOINTS_OF_USER = 2;
const MIB = 2 ** 20;

/** Without a variable of the user, a list of endpoints needs no reads. */
const PLAIN = {
  MessageConfiguration: { GCMMessage: { Title: '오늘의 혜택', Body: '{{Attributes.plan}} 회원 전용' } },
};

/** Eleven treatments, each with slices of its own for every zone: 13 hours ahead of UTC nearly everybody's time comes later. */
const ZONED = {
  ...PLAIN,
  Schedule: { StartTime: '2026-11-01T09:00:00.000Z', IsLocalTime: true, Timezone: 'UTC+13' },
  AdditionalTreatments: Array.from({ length: 10 }, () => ({ SizePercent: 9, ...PLAIN })),
};

async function measured(
  { canned, workers }: { canned: Canned; workers: Workers },
  what: string,
  campaign: CampaignOptions,
): Promise<boolean> {
  const [, of] = [
    await workers.measure(canned.env, [{ provider: 'none', campaign, work: 'store' }]),
    // A process that does nothing else: its memory is resolving's alone.
    await workers.measure(canned.env, [{ provider: 'none', campaign, work: 'resolve' }]),
  ];
  const [run] = of;
  if (!run) throw new Error('Nothing was measured');
  const { calls } = await canned.counts();
  console.log(`${what}: ${(run.wallMs / 1000).toFixed(1)} s, ${calls['s3.PutObject'] ?? 0} objects written`);
  await canned.reset();
  const fast = figure(
    '  endpoints a second of CPU',
    campaign.recipients / (run.cpuMs / 1000),
    'endpoints/s',
    {
      atLeast: 20_000,
    },
  );
  figure('  endpoints a second of waiting', campaign.recipients / (run.wallMs / 1000), 'endpoints/s');
  return figure('  peak resident memory', run.peakRss / MIB, 'MiB', { atMost: 256 }) && fast;
}

const { values } = parseArgs({
  options: {
    endpoints: { type: 'string', default: '1000000' },
    users: { type: 'string', default: '200000' },
    only: { type: 'string' },
  },
});
console.log(machine());
const canned = await startCanned();
const workers = bundleWorker();
try {
  const [endpoints, users] = [Number(values.endpoints), Number(values.users)];
  const campaign = { channel: 'GCM', request: PLAIN, recipients: endpoints } as const;
  const shown = (count: number) => count.toLocaleString('en');
  const cases: Readonly<Record<string, readonly [string, CampaignOptions]>> = {
    endpoints: [`a list of ${shown(endpoints)} endpoints`, { ...campaign, name: 'endpoints' }],
    users: [
      `a list of ${shown(users)} users`,
      { ...campaign, name: 'users', recipients: users * ENDPOINTS_OF_USER, byUser: true },
    ],
    zones: [
      `${shown(endpoints)} endpoints at local time in 11 treatments`,
      { ...campaign, name: 'zones', request: ZONED },
    ],
  };
  const results: boolean[] = [];
  for (const [name, [what, options]] of Object.entries(cases))
    if (values.only === undefined || values.only === name)
      results.push(await measured({ canned, workers }, what, options));
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  workers.remove();
  await canned.stop();
}
