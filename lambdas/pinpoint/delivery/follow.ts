import { logger } from '../../shared/telemetry.ts';
import type { Outcome, OutgoingMessage } from '../channels/ports.ts';
import type { EndpointWriter } from '../ports.ts';

/**
 * Takes up what a provider told about addresses: dead ones get no more messages, tokens that were renewed are followed.
 * What fails here is tried again with the endpoint's next message. `outcomes` stand in the order of the messages.
 */
export async function followed(
  endpoints: EndpointWriter,
  messages: readonly OutgoingMessage[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const done = await Promise.allSettled(
    messages.flatMap(({ address, channelType: channel, identity: { applicationId, endpointId } }, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind === 'permanent' && outcome.gone)
        return [endpoints.deactivate(applicationId, endpointId, { channel, address })];
      if (outcome?.kind !== 'sent' || !outcome.updatedToken) return [];
      return [endpoints.readdress(applicationId, endpointId, address, outcome.updatedToken)];
    }),
  );
  const failed = done.filter(({ status }) => status === 'rejected').length;
  if (failed > 0) logger.warn('endpoints not updated', { failed });
}
