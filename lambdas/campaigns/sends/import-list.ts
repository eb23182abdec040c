import { createHash } from 'node:crypto';
import type { Ctx } from '../../shared/context.ts';
import { took } from '../../shared/telemetry.ts';
import { failed, progressed, type Stepped, to, waiting, waits, went } from './moves.ts';
import { newRun, type RunDeps } from './new-run.ts';
import type { Says, Send } from './send.ts';

/**
 * Has the engine import the list; once it has, the send's run is made, at rest, and the send is `sending`. Sends that
 * share a list share its import: the key follows from the list alone (docs/adr/0011-one-result-a-minute.md).
 */
export async function importList(
  deps: RunDeps,
  ctx: Ctx,
  { says, send }: { readonly says: Says; readonly send: Send },
): Promise<Stepped> {
  const { pinpoint } = deps;
  if (send.importJobId === undefined) {
    const url = send.list?.url ?? '';
    const list = { url, segmentName: `${says.segment} (${send.resolution?.id ?? send.id})` };
    return waits({ ...send, importJobId: await pinpoint.createImport(importKey(url), list) });
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
      const sending = to(ctx, await newRun(deps, says, imported), 'sending');
      took('SendImporting', ctx.now - Date.parse(send.history.at(-1)?.at ?? send.lookedAt));
      return went(sending);
    }
  }
}

const importKey = (url: string): string =>
  `list-${createHash('sha256').update(url).digest('hex').slice(0, 32)}`;
