import type { Ctx } from '../../shared/context.ts';
import { isClosedErasure, type OpenErasure, STEPS, type Step } from './erasure.ts';
import type {
  EndpointEraser,
  EraseMessage,
  ErasureQueue,
  ErasureStore,
  ForgetMember,
  PersonRows,
} from './ports.ts';

export interface EraseFromTablesDeps {
  readonly erasures: Pick<ErasureStore, 'find' | 'did' | 'found'>;
  readonly rows: Pick<PersonRows, 'removeMember' | 'removeStates'>;
  readonly endpoints: EndpointEraser;
  readonly forgetMember: ForgetMember;
  readonly queue: ErasureQueue;
}

/** By then every event consumer knows of the erasure (remembered.ts), and writes no state of what came before it. */
export const KNOWN_AFTER_SECONDS = 120;

const PARTS: Readonly<Record<Step, (deps: EraseFromTablesDeps, of: OpenErasure) => Promise<unknown>>> = {
  // First: without it the hook of campaigns lets nothing go out any more, gives no coupon and counts nothing.
  member: ({ rows }, { userId }) => rows.removeMember(userId),
  endpoints: eraseEndpoints,
  campaigns: ({ forgetMember }, { userId }) => forgetMember(userId),
  state: ({ rows }, erasure) => rows.removeStates(erasure),
};

/** Which they were is written down first: rows of the ledger may name an endpoint and nobody. */
async function eraseEndpoints({ endpoints, erasures }: EraseFromTablesDeps, of: OpenErasure): Promise<void> {
  const ids = await endpoints.idsOf(of.userId);
  if (ids.length > 0) await erasures.found(of, { endpoints: ids });
  await endpoints.eraseUser(of.userId);
}

/** Takes a person out of the tables, step by step; each may be repeated, so that a worker may die anywhere. */
export async function eraseFromTables(
  deps: EraseFromTablesDeps,
  ctx: Ctx,
  { id }: EraseMessage,
): Promise<void> {
  const erasure = await deps.erasures.find(id);
  if (erasure === undefined || isClosedErasure(erasure)) return;
  for (const step of STEPS) {
    if (erasure.done[step] !== undefined) continue;
    if (step === 'state' && !isKnown(erasure, ctx.now))
      return deps.queue.send({ id }, { delaySeconds: KNOWN_AFTER_SECONDS });
    await PARTS[step](deps, erasure);
    if (!(await deps.erasures.did(erasure, step, new Date(ctx.now).toISOString()))) return;
  }
}

const isKnown = ({ requestedAt }: OpenErasure, now: number): boolean =>
  now >= Date.parse(requestedAt) + KNOWN_AFTER_SECONDS * 1000;
