/**
 * npm run bench:deliver -- [--messages 100000] [--profile]
 *
 * The engine's own CPU for one message, reads, claims and ledger included: real lanes with the real AWS clients, against
 * stand-ins in another process. TLS is not in it. Once with a provider that takes no time, once with the real provider
 * clients. Beside each figure stands what the machine takes, at that moment, to parse and write one event as JSON.
 */
import { parseArgs } from 'node:util';
import { bundleWorker } from './engine/bundled.ts';
import { type Canned, startCanned } from './engine/canned.ts';
import type { Channel } from './engine/people.ts';
import type { Job, Measured } from './engine/worker.ts';
import { figure, machine, roundTripUs } from './machine.ts';

const WARM_UP = 20_000;
/** The profile is of fewer: it is a sample anyway. */
const PROFILED = 20_000;
const SHOWN = 5;
const ASKED: Readonly<Record<Channel, number>> = { GCM: 150, EMAIL: 250 };
const NAMES: Readonly<Record<Channel, string>> = { GCM: 'push', EMAIL: 'e-mail' };

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '100000' }, profile: { type: 'boolean', default: false } },
});
const messages = Number(values.messages);

function jobsOf(channel: Channel, provider: Job['provider'], profile: boolean): Job[] {
  const of = (name: string, recipients: number): Job[] => {
    const campaign = { name: `${name}-${channel}-${provider}${profile}`, channel, recipients };
    return (['store', 'resolve', 'deliver'] as const).map((work) => ({ provider, campaign, work }));
  };
  const jobs = [...of('warm', WARM_UP), ...of('measured', profile ? PROFILED : messages)];
  return jobs.map((job, index) => (index === jobs.length - 1 ? { ...job, profile } : job));
}

function show({ functions, parts }: Measured): void {
  const total = parts.reduce((sum, [, ms]) => sum + ms, 0);
  const line = (name: string, ms: number) => {
    const share = `${((100 * ms) / total).toFixed(1)} %`;
    console.log(`  ${share.padStart(7)} ${((1000 * ms) / PROFILED).toFixed(1).padStart(6)} µs  ${name}`);
  };
  console.log('  longest functions, by their own time');
  for (const { where, ms } of functions.slice(0, SHOWN)) line(where, ms);
  console.log('  by part');
  for (const [part, ms] of parts.slice(0, 2 * SHOWN)) line(part, ms);
}

async function main(canned: Canned): Promise<boolean> {
  const workers = bundleWorker();
  let good = true;
  try {
    for (const channel of ['GCM', 'EMAIL'] as const) {
      for (const provider of ['none', 'sdk'] as const) {
        await canned.reset();
        const measured = (await workers.measure(canned.env, jobsOf(channel, provider, false))).at(-1);
        const { ledgerRecords } = await canned.counts();
        if (!measured || ledgerRecords !== WARM_UP + messages)
          throw new Error(`${ledgerRecords} ledger records of ${WARM_UP + messages}`);
        const name = `CPU per ${NAMES[channel]}, ${provider === 'none' ? 'no provider' : 'provider client included'}`;
        const asked = provider === 'none' ? { atMost: ASKED[channel] } : {};
        const spent = (1000 * measured.cpuMs) / messages;
        good = figure(name, spent, 'µs', asked) && good;
        const baseline = roundTripUs();
        figure('  JSON.parse + JSON.stringify of an event, now', baseline, 'µs');
        figure('  times that', spent / baseline, '×');
        if (provider === 'sdk' && !values.profile) continue;
        show((await workers.measure(canned.env, jobsOf(channel, provider, true))).at(-1) ?? measured);
      }
    }
  } finally {
    workers.remove();
  }
  return good;
}

console.log(machine());
const canned = await startCanned();
try {
  process.exitCode = (await main(canned)) ? 0 : 1;
} finally {
  await canned.stop();
}
