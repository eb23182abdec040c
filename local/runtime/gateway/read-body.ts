import type { IncomingMessage } from 'node:http';

/** API Gateway's payload limit. */
const MAX_BYTES = 10 * 1024 * 1024;
/** What is still read (and thrown away) of a body that is too large, so that the caller sees the answer. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** The whole body, or why there is none. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large' | 'aborted'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_DISCARDED_BYTES) break;
      if (bytes <= MAX_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch {
    return 'aborted';
  }
  return bytes > MAX_BYTES ? 'too-large' : Buffer.concat(chunks);
}
