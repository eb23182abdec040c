import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';

/** A function and the milliseconds it computed itself. */
export interface SelfTime {
  /** `name file:line`, by the source map where there is one. */
  readonly where: string;
  /** Whose it is: a package, a folder of ours, node, or the garbage collector. */
  readonly part: string;
  readonly ms: number;
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** `dispatch` is the profiler's own. */
const NOT_COMPUTING = new Set(['(idle)', '(root)', 'dispatch']);

/** Runs `work` under the sampling profiler; the functions by their own time, longest first. */
export async function profiled(work: () => Promise<void>, mapFile: string): Promise<SelfTime[]> {
  const map = new SourceMap(JSON.parse(readFileSync(mapFile, 'utf8')) as SourceMapPayload);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, { part: string; ms: number }>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const frame = frames.get(id);
    if (!frame || NOT_COMPUTING.has(frame.functionName)) continue;
    const { where, part } = placeOf(frame, map);
    const ms = (profile.timeDeltas?.[index] ?? 0) / 1000;
    times.set(where, { part, ms: (times.get(where)?.ms ?? 0) + ms });
  }
  return [...times].map(([where, time]) => ({ where, ...time })).sort((a, b) => b.ms - a.ms);
}

function placeOf({ functionName, url, lineNumber, columnNumber }: Frame, map: SourceMap) {
  const name = functionName || '(anonymous)';
  if (!url) return { where: name, part: name.startsWith('(') ? name.slice(1, -1) : 'built in' };
  if (url.startsWith('node:')) return { where: `${name} ${url}`, part: 'node' };
  const entry = map.findEntry(lineNumber, columnNumber);
  if (!('originalSource' in entry)) return { where: name, part: 'bundle' };
  const file = entry.originalSource.replace(/^.*?(node_modules|lambdas|bench)\//, '$1/');
  return { where: `${name} ${file}:${entry.originalLine + 1}`, part: partOf(file) };
}

const partOf = (file: string): string =>
  /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split('/').slice(0, 3).join('/');

/** Milliseconds by part, longest first. */
export function byPart(times: readonly SelfTime[]): [string, number][] {
  const parts = new Map<string, number>();
  for (const { part, ms } of times) parts.set(part, (parts.get(part) ?? 0) + ms);
  return [...parts].sort((a, b) => b[1] - a[1]);
}
