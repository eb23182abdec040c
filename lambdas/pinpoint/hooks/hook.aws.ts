import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CLIENT_SETTINGS } from '../channels/settings.ts';
import { HookError } from './hook.ts';
import type { FilterHook } from './ports.ts';

/** Characters of a function's error that go into ours. */
const SHOWN = 500;

/** Hooks that are Lambda functions: one attempt of 15 s a question, run-hook.ts repeats. */
export function lambdaHook(client = new LambdaClient(CLIENT_SETTINGS)): FilterHook {
  return {
    async filter(functionName, event) {
      const { FunctionError, Payload } = await client.send(
        new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      const text = Buffer.from(Payload ?? []).toString('utf8');
      if (FunctionError !== undefined)
        throw new HookError(`The hook ${functionName} failed: ${FunctionError} ${text.slice(0, SHOWN)}`);
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new HookError(`The hook ${functionName} answered no JSON: ${text.slice(0, SHOWN)}`);
      }
    },
  };
}
