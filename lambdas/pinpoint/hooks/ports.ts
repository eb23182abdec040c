import type { HookEvent } from './hook.ts';

/** A customer's function of mode FILTER. */
export interface FilterHook {
  /**
   * Asks the function once; resolves to what it answered, whatever that is. Rejects when it answered with an error,
   * could not be called, or took longer than 15 s.
   * @param functionName Name or ARN, with a version or alias if need be.
   */
  filter(functionName: string, event: HookEvent): Promise<unknown>;
}
