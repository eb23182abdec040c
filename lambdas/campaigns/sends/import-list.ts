import type { Ctx } from '../../shared/context.ts';
import { failed, progressed, type Stepped, to, waiting, waits, went } from './moves.ts';
import { newRun, type RunDeps } from './new-run.ts';
import type { Says, Send } from './send.ts';

/** Has the engine import the list; once it has, the send's run is made, at rest, and the send is `sending`. */
export async function importList(
  deps: RunDeps,
  ctx: Ctx,
  { says, send }: { readonly says: Says; readonly send: Send },
): Promise<Stepped> {
  const { pinpoint } = deps;
  if (send.importJobId === undefined) {
    const list = { url: send.list?.url ?? '', segmentName: `${says.name} (${send.id})` };
    return waits({ ...send, importJobId: await pinpoint.createImport(`${send.id}-import`, list) });
  }
  const job = await pinpoint.importJob(send.importJobId);
  switch (job.state) {
    case 'pending':
      return waiting(
        ctx,
        job.lines > (send.imported ?? 0) ? { ...progressed(send), imported: job.lines } : send,
      );
    case 'failed':
      return failed(ctx, send, `the list could not be imported: ${job.reason}`);
    case 'completed': {
      const imported = { ...send, pinpointSegmentId: job.segmentId };
      return went(to(ctx, await newRun(deps, says, imported), 'sending'));
    }
  }
}
