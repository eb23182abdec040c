import { inChunks } from '../../shared/chunks.ts';
import { HOOK_ENDPOINTS, type HookEvent, type HookVerdict, verdictsOf } from './hook.ts';
import type { FilterHook } from './ports.ts';

/** `failed`: every attempt at the endpoint's call failed (Pinpoint's HOOK_FAILURE); `text` says how the last one did. */
export type HookResult = HookVerdict | { readonly kind: 'failed'; readonly text: string };

export interface HookDeps {
  readonly hook: FilterHook;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 ≤ n < 1. */
  readonly random?: () => number;
}

/** Milliseconds before the second and third attempt, at most; at least half of it. There is no fourth (pinpoint.md §3.1). */
const BACKOFF_MS = [500, 2_000] as const;

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

async function ask(
  { hook, sleep, random = Math.random }: HookDeps,
  functionName: string,
  event: HookEvent,
  ids: readonly string[],
): Promise<Map<string, HookResult>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return verdictsOf(await hook.filter(functionName, event), ids, event.Endpoints);
    } catch (cause) {
      const backoff = BACKOFF_MS[attempt];
      if (backoff === undefined)
        return new Map(ids.map((id) => [id, { kind: 'failed', text: textOf(cause) } as const]));
      await sleep((backoff / 2) * (1 + random()));
    }
  }
}

/**
 * Asks the hook about endpoints, up to 50 a call, calls side by side. A call gets three attempts of 15 s each, so the
 * whole takes up to 48 s; what fails then fails for the endpoints of that call only. Never throws for what the hook does.
 * @param eventOf The event that asks about these endpoints and no others.
 */
export async function runHook(
  deps: HookDeps,
  functionName: string,
  eventOf: (ids: readonly string[]) => HookEvent,
  ids: readonly string[],
): Promise<Map<string, HookResult>> {
  const asked = [...new Set(ids)];
  const calls = inChunks(asked, HOOK_ENDPOINTS);
  const results = await Promise.all(calls.map((chunk) => ask(deps, functionName, eventOf(chunk), chunk)));
  return new Map(results.flatMap((result) => [...result]));
}
