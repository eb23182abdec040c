import { logger } from '../../shared/telemetry.ts';
import { SENDING_KEY, type SendingRow } from '../delivery/kill-switch.ts';
import type { Registry } from '../ports.ts';
import { badRequest, conflict } from '../protocol/errors.ts';
import type { Operation, Operations } from '../protocol/operation.ts';
import type { SendingResource } from '../protocol/own-operations.ts';
import { type WakeDeps, wakeRuns } from './wake-runs.ts';

export interface SendingDeps extends WakeDeps {
  readonly registry: Registry;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
}

const MAX_REASON = 500;
/** Workers look at the switch every two seconds (delivery/kill-switch.ts): a lane that comes before would rest again. */
const SEEN_BY_ALL_MS = 3_000;

const resource = (row: SendingRow | undefined): SendingResource =>
  row
    ? { Enabled: row.enabled, Reason: row.reason, ChangedAt: row.changedAt, ChangedBy: row.changedBy }
    : { Enabled: true, Reason: '' };

/** GetSending: whether the engine may send, and who said so last. */
export const getSending =
  ({ registry }: Pick<SendingDeps, 'registry'>): Operation<'GetSending'> =>
  async () => ({ SendingResource: resource((await registry.get<SendingRow>(SENDING_KEY))?.row) });

/**
 * UpdateSending: the kill switch of the deployment. Off, every run rests within seconds, in the middle of what it does;
 * on again, all but the paused ones go on. Throws BadRequestException when it is switched off without a reason,
 * ConflictException when somebody else switched at the same moment.
 */
export const updateSending =
  (deps: SendingDeps): Operation<'UpdateSending'> =>
  async ({ WriteSendingRequest: { Enabled: enabled, Reason: reason = '' } = { Enabled: true } }, ctx) => {
    if (!enabled && reason.trim() === '')
      throw badRequest('Reason is missing: who finds sending off, needs it');
    if (reason.length > MAX_REASON)
      throw badRequest(`Reason has ${reason.length} characters; at most ${MAX_REASON} are allowed`);
    const row: SendingRow = {
      enabled,
      reason,
      changedAt: new Date(ctx.now).toISOString(),
      changedBy: ctx.actor,
    };
    const before = await deps.registry.get<SendingRow>(SENDING_KEY);
    const done = before
      ? await deps.registry.replace(before, row)
      : await deps.registry.create(SENDING_KEY, row);
    if (!done) throw conflict('Sending was switched at the same moment; try again');
    logger.warn('sending switched', { ...row });
    if (enabled) {
      await deps.sleep(SEEN_BY_ALL_MS);
      await wakeRuns(deps, ctx.now);
    }
    return { SendingResource: resource(row) };
  };

export const sendingOperations = (deps: SendingDeps) =>
  ({
    GetSending: getSending(deps),
    UpdateSending: updateSending(deps),
  }) satisfies Operations;
