import type { QueryState, ResolutionMessage } from '../../../lambdas/segments/ports.ts';
import { requestResolution } from '../../../lambdas/segments/request-resolution.ts';
import type { Resolution } from '../../../lambdas/segments/resolution.ts';
import type { Row } from '../../../lambdas/segments/resolve/judge-row.ts';
import { type ResolveDeps, resolveSegment } from '../../../lambdas/segments/resolve-segment.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { ctxAt, type memoryQueue, resolverOf, START } from './worlds.ts';

export const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
export const CART: Rule = { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 };
export const BOUGHT: Rule = { did: 'purchase', inTheLastDays: 30 };
export const SQL: Rule = { sql: 'SELECT uid AS user_id FROM events' };
export const MEMBERS: Row[] = Array.from({ length: 50 }, (_, n) => ({
  userId: `user ${n}`,
  attributes: { grade: n % 2 === 0 ? 'GOLD' : 'SILVER' },
}));

/** A segment `s` of that rule, whose queries go through those states, and what may be asked of it. */
export async function world(rule: Rule, ...states: QueryState[]) {
  const deps = resolverOf(MEMBERS, ...states);
  const { lists, queue, time, queries, bits } = deps;
  const put = async (name: string, put: Rule, version = 1) => {
    const before = await deps.segments.find(name);
    await deps.segments.save({ name, rule: put, version, createdAt: '', updatedAt: '' }, before);
  };
  await put('s', rule);
  const ask = (by?: string, now = START) => requestResolution(deps, ctxAt(now), 's', by);
  const now = async ({ id }: Resolution) => (await deps.resolutions.get('s', id))?.resolution;
  return { deps, lists, queue, time, queries, bits, put, ask, now };
}

/** Works the queue off as it comes, with time passing by the messages' delays; each function run lasts at most `runMs`. */
export async function workOff(
  {
    deps,
    queue,
    time,
  }: { deps: ResolveDeps; queue: ReturnType<typeof memoryQueue<ResolutionMessage>>; time: { ms: number } },
  runMs = 60_000,
): Promise<number> {
  let runs = 0;
  for (let next = queue.sent.shift(); next; next = queue.sent.shift()) {
    if (++runs > 500) throw new Error('no end');
    time.ms += next.delaySeconds * 1000;
    await resolveSegment(deps, ctxAt(time.ms, runMs), next.body);
  }
  return runs;
}
