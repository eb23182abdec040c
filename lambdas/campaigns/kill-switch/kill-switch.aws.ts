import { RepointError } from '../../shared/errors.ts';
import type { EngineCall } from '../../shared/pinpoint-client.aws.ts';
import type { EngineSending, KillSwitch } from './sending.ts';

const PATH = '/v1/sending';

/** The switch through the engine's own operations GetSending and UpdateSending (docs/pinpoint-api.md). */
export function engineKillSwitch(call: EngineCall): KillSwitch {
  const told = ({ status, body }: Awaited<ReturnType<EngineCall>>): EngineSending => {
    if (status < 300) return body as EngineSending;
    const message = (body as { Message?: string }).Message ?? `the engine answered ${status}`;
    throw new RepointError(status === 400 ? 'validation' : 'unavailable', message);
  };
  return {
    get: async () => told(await call('GET', PATH)),
    async put(sending) {
      const answer = await call('PUT', PATH, sending);
      return answer.status === 409 ? 'conflict' : told(answer);
    },
  };
}
