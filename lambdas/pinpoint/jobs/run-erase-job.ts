import type { QueueMessage } from '../../shared/queue.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { segmentFolder } from '../segments/segment.ts';
import type { JobMessage } from './message.ts';
import type { EndpointEraser, ListFiles } from './ports.ts';

export interface EraseDeps {
  readonly files: ListFiles;
  readonly eraser: EndpointEraser;
  readonly jobs: QueueSender<JobMessage>;
}

type EraseMessage = Extract<JobMessage, { kind: 'erase' }>;

const RESERVE_MS = 60_000;

/** Erases lists and, for a whole application, endpoints; goes on in a new message when time runs short. */
export async function runEraseJob(
  { files, eraser, jobs }: EraseDeps,
  { body, remainingMs }: QueueMessage<EraseMessage>,
): Promise<void> {
  const { appId, segmentId } = body;
  await files.removeAll(segmentId === undefined ? `segments/${appId}/` : segmentFolder(appId, segmentId));
  if (segmentId !== undefined) return;
  let from = body.from;
  for (;;) {
    const { next } = await eraser.eraseSome(appId, from);
    if (next === undefined) return;
    from = next;
    if (remainingMs() < RESERVE_MS) return await jobs.send({ kind: 'erase', appId, from });
  }
}
