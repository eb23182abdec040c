import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type CustomTarget, refusedDelivery } from './custom.ts';
import { outcomeOfError } from './failure.ts';
import { CLIENT_SETTINGS } from './settings.ts';

/** Characters of a function's error that the ledger keeps. */
const SHOWN = 300;

/** Custom delivery by a Lambda function. What it answers does not matter, unless it is an error. */
export function lambdaDelivery(client = new LambdaClient(CLIENT_SETTINGS)): CustomTarget {
  return {
    async deliver(uri, event) {
      try {
        const { FunctionError, Payload } = await client.send(
          new InvokeCommand({ FunctionName: uri, Payload: Buffer.from(JSON.stringify(event)) }),
        );
        if (FunctionError === undefined) return { kind: 'sent' };
        const text = Buffer.from(Payload ?? []).toString('utf8');
        return refusedDelivery(`${FunctionError} ${text.slice(0, SHOWN)}`);
      } catch (cause) {
        const outcome = outcomeOfError(cause);
        return outcome.kind === 'permanent' ? refusedDelivery(outcome.text) : outcome;
      }
    },
  };
}
