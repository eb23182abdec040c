import type { PutSending } from '../../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../../shared/context.ts';
import { conflict, RepointError } from '../../shared/errors.ts';

/** The engine's kill switch: off, every send rests within seconds, in the middle of what it does (spec §4). */
export interface KillSwitch {
  get(): Promise<EngineSending>;
  put(sending: { readonly Enabled: boolean; readonly Reason: string }): Promise<EngineSending | 'conflict'>;
}

export interface EngineSending {
  readonly Enabled: boolean;
  readonly Reason: string;
  readonly ChangedAt?: string;
}

/** Whether anything is sent, why not, and since when. */
export interface SendingView {
  readonly enabled: boolean;
  readonly reason: string | null;
  readonly changedAt: string | null;
}

const viewOf = ({ Enabled, Reason, ChangedAt }: EngineSending): SendingView => ({
  enabled: Enabled,
  reason: Reason === '' ? null : Reason,
  changedAt: ChangedAt ?? null,
});

export const getSending = async (kill: KillSwitch): Promise<SendingView> => viewOf(await kill.get());

/** Halts all sending, or lets it go on. Whoever finds it off needs to know why: a reason must be given. */
export async function putSending(
  kill: KillSwitch,
  { actor }: Ctx,
  { enabled, reason = '' }: PutSending,
): Promise<SendingView> {
  if (!enabled && reason.trim() === '')
    throw new RepointError('validation', 'reason is missing: who finds sending off, needs it', {
      field: 'reason',
    });
  // The engine knows its caller as one of our functions: who it was is told with the reason.
  const told = enabled ? reason : `${reason.trim()} (${actor})`;
  const done = await kill.put({ Enabled: enabled, Reason: told });
  if (done === 'conflict') throw conflict('Sending was switched at the same moment; try again');
  return viewOf(done);
}
