import type { OutgoingMessage } from '../channels/ports.ts';
import { messageIdOf } from '../ledger/message-id.ts';
import type { DottedValues, EndpointReader } from '../ports.ts';
import { valuesOf } from '../runs/expand.ts';
import type { Entry } from '../runs/run.ts';
import { type Letter, letterOf } from './outcomes.ts';
import type { CompiledPlan } from './plans.ts';

/** A provider call that is ready to be claimed and made. */
export interface Prepared {
  /** Positions in the slice, one for each message. */
  readonly positions: readonly number[];
  readonly messages: readonly OutgoingMessage[];
  /** Positions that get nothing, with the letter of their reason. */
  readonly skipped: readonly { readonly position: number; readonly letter: Letter }[];
}

/** Why an endpoint, as it is now, gets nothing; undefined when it gets its message. */
function refusal(endpoint: DottedValues | undefined, channelType: string): Letter | undefined {
  if (!endpoint) return letterOf('ENDPOINT_DELETED');
  if (endpoint['ChannelType'] !== channelType) return letterOf('ENDPOINT_CHANNEL_CHANGED');
  if (endpoint['EndpointStatus'] === 'INACTIVE') return letterOf('ENDPOINT_INACTIVE');
  if (endpoint['OptOut'] === 'ALL') return letterOf('ENDPOINT_OPT_OUT');
  return endpoint['Address'] ? undefined : letterOf('ENDPOINT_MISSING_ADDRESS');
}

/**
 * Reads the endpoints of the positions as they are at this moment and renders their messages. An address gets one
 * message of a call: providers tell the messages of a call apart by it.
 */
export async function prepare(
  endpoints: Pick<EndpointReader, 'endpoints'>,
  compiled: CompiledPlan,
  entries: readonly Entry[],
  positions: readonly number[],
): Promise<Prepared> {
  const { plan, endpointNames } = compiled;
  const chosen = positions.flatMap((position) => {
    const entry = entries[position];
    return entry ? [{ position, entry }] : [];
  });
  const rows = await endpoints.endpoints(
    plan.applicationId,
    chosen.map(({ entry }) => entry.e),
    endpointNames,
  );
  const sent: { position: number; message: OutgoingMessage }[] = [];
  const skipped: { position: number; letter: Letter }[] = [];
  const addresses = new Set<string>();
  for (const { position, entry } of chosen) {
    const row = rows.get(entry.e);
    const part = compiled.parts.get(entry.c);
    const address = String(row?.['Address'] ?? '');
    const letter =
      refusal(row, entry.c) ?? (addresses.has(address) ? letterOf('DUPLICATE_ADDRESS') : undefined);
    if (letter !== undefined || !part) {
      skipped.push({ position, letter: letter ?? letterOf('ENDPOINT_CHANNEL_CHANGED') });
      continue;
    }
    addresses.add(address);
    const content = part.render({ ...row, ...valuesOf(entry, plan.userNames) });
    sent.push({
      position,
      message: { channelType: entry.c, address, identity: identityOf(compiled, entry), content },
    });
  }
  return {
    positions: sent.map(({ position }) => position),
    messages: sent.map(({ message }) => message),
    skipped,
  };
}

function identityOf({ plan }: CompiledPlan, entry: Entry): OutgoingMessage['identity'] {
  return {
    messageId: messageIdOf(plan.activityId, entry.e),
    applicationId: plan.applicationId,
    campaignId: plan.campaignId,
    activityId: plan.activityId,
    treatmentId: plan.treatmentId,
    endpointId: entry.e,
    ...(entry.u === undefined ? {} : { userId: entry.u }),
  };
}
