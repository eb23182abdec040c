import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU seconds of a process and of those it started, by what they run. Linux only; elsewhere empty. */
export type CpuByProcess = ReadonlyMap<string, number>;

const TICKS_PER_SECOND = 100;

function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** The script of a command line: `local/aws/dynamo/child.ts`. */
function scriptOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const script = words.find((word) => /\.(ts|mjs|js)$/.test(word)) ?? words[0] ?? '';
  return script.split('/').slice(-3).join('/');
}

function ownSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function cpuByProcess(pid: number): CpuByProcess {
  if (!existsSync(`/proc/${pid}/stat`)) return new Map();
  const found = new Map([[`${scriptOf(pid)} (${pid})`, ownSeconds(pid)]]);
  for (const child of childrenOf(pid)) for (const [name, s] of cpuByProcess(child)) found.set(name, s);
  return found;
}

/** Prints what each process computed between two looks. */
export function showCpu(before: CpuByProcess, after: CpuByProcess, wallSeconds: number): void {
  for (const [name, seconds] of after) {
    const used = seconds - (before.get(name) ?? 0);
    console.log(
      `    CPU ${used.toFixed(1).padStart(6)} s, ${((100 * used) / wallSeconds).toFixed(0).padStart(3)} %  ${name}`,
    );
  }
}
