import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CustomTarget } from './custom.ts';
import { customResults, refusedDelivery } from './custom-answer.ts';
import { outcomeOfError } from './failure.ts';
import { CLIENT_SETTINGS } from './settings.ts';

/** Characters of a function's error that the ledger keeps. */
const SHOWN = 300;

/** Custom delivery by a Lambda function. What it answers matters if it is an error, or says what became of each endpoint. */
export function lambdaDelivery(client = new LambdaClient(CLIENT_SETTINGS)): CustomTarget {
  return {
    async deliver(uri, event) {
      try {
        const { FunctionError, Payload } = await client.send(
          new InvokeCommand({ FunctionName: uri, Payload: Buffer.from(JSON.stringify(event)) }),
        );
        const text = Buffer.from(Payload ?? []).toString('utf8');
        if (FunctionError === undefined) return { outcome: { kind: 'sent' }, each: customResults(text) };
        return { outcome: refusedDelivery(`${FunctionError} ${text.slice(0, SHOWN)}`) };
      } catch (cause) {
        const outcome = outcomeOfError(cause);
        return { outcome: outcome.kind === 'permanent' ? refusedDelivery(outcome.text) : outcome };
      }
    },
  };
}
