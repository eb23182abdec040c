/**
 * The measured process: resolves and delivers campaigns and prints one line of JSON about each. It is bundled as the
 * functions are (bundled.ts), so that what is measured is what is deployed. Its argument is a list of `Job`s.
 */
import { type CampaignOptions, engineHere } from './engine.ts';
import { byPart, profiled, type SelfTime } from './profile.ts';

export interface Job {
  readonly provider: 'none' | 'sdk';
  readonly campaign: CampaignOptions;
  /** `store` only puts the list in its place; the others measure what they name. */
  readonly work: 'store' | 'resolve' | 'deliver';
  readonly lanesBeside?: number;
  readonly profile?: boolean;
}

export interface Measured {
  /** User and system time of this process, milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Largest resident set while at work, bytes. */
  readonly peakRss: number;
  readonly invocations: number;
  readonly functions: readonly SelfTime[];
  readonly parts: readonly [string, number][];
}

const RSS_EVERY_MS = 20;

async function measured(job: Job, mapFile: string): Promise<Measured> {
  const engine = engineHere(job);
  let invocations = 1;
  const work = async () => {
    if (job.work === 'store') await engine.store(job.campaign);
    if (job.work === 'resolve') await engine.resolve(job.campaign);
    if (job.work === 'deliver') invocations = await engine.deliver(job.lanesBeside);
  };
  let peakRss = process.memoryUsage.rss();
  // Looking is not free: only where memory is the question.
  const watch = setInterval(
    () => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    },
    job.work === 'resolve' ? RSS_EVERY_MS : 1_000,
  );
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  let functions: SelfTime[] = [];
  if (job.profile) functions = await profiled(work, mapFile);
  else await work();
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  return {
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - began,
    peakRss,
    invocations,
    functions: functions.slice(0, 30),
    parts: byPart(functions),
  };
}

const [, file = '', jobs = '[]'] = process.argv;
for (const job of JSON.parse(jobs) as Job[]) {
  console.log(JSON.stringify(await measured(job, `${file}.map`)));
}
process.exit(0);
