import type { Ctx } from '../../shared/context.ts';
import { invalid } from '../../shared/errors.ts';
import type { Ids } from '../../shared/ids.ts';
import { isGoneFromTables, type OpenErasure } from './erasure.ts';
import { type ErasureView, erasureView, type Keeping } from './erasure-view.ts';
import type { ErasureQueue, ErasureStore, PersonRows } from './ports.ts';

export interface RequestErasureDeps {
  readonly erasures: ErasureStore;
  readonly rows: Pick<PersonRows, 'has'>;
  readonly queue: ErasureQueue;
  readonly ids: Pick<Ids, 'random'>;
  readonly keeping: Keeping;
}

const LONGEST_USER_ID = 128;

/**
 * Asks for a person to be erased, whether or not there is a member: events may name somebody who is none. A repeat answers the
 * same erasure; if the person came back meanwhile, it begins anew with what has come since.
 */
export async function requestErasure(
  deps: RequestErasureDeps,
  ctx: Ctx,
  userId: string,
): Promise<ErasureView> {
  if (userId.length === 0 || userId.length > LONGEST_USER_ID)
    throw invalid([
      {
        field: 'userId',
        message: `userId has ${userId.length} characters; 1 to ${LONGEST_USER_ID} are allowed`,
      },
    ]);
  const requestedAt = new Date(ctx.now).toISOString();
  const open = await deps.erasures.open({ id: deps.ids.random(), userId, requestedAt });
  const asked = await renewed(deps, open, requestedAt);
  // Also when it was open before: whoever asked first may have died before it was queued.
  await deps.queue.send({ id: asked.id });
  return erasureView(asked, deps.keeping);
}

async function renewed(
  { erasures, rows }: RequestErasureDeps,
  open: OpenErasure,
  requestedAt: string,
): Promise<OpenErasure> {
  if (!isGoneFromTables(open) || !(await rows.has(open.userId))) return open;
  await erasures.renew(open, requestedAt);
  return erasures.open({ id: open.id, userId: open.userId, requestedAt });
}
