import { outcomeOfError } from './failure.ts';
import type { Outcome } from './ports.ts';

/** What a provider says to a request that it cannot take as it is. */
const MALFORMED = new Set([400, 413]);

/** SES says 400 of a sender's domain as well: no half of the call would fare better. */
const OF_THE_SENDER = /NotVerified/i;

function isMalformed(cause: unknown): boolean {
  const { name = '', $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
  return MALFORMED.has($metadata?.httpStatusCode ?? 0) && !OF_THE_SENDER.test(name);
}

/**
 * Makes a call; where the provider refuses it as a whole for what is in it, its halves: one member's value (a header that
 * is not ASCII, a tag that is too long) must not keep the others from their messages. Such an answer took none of them, so
 * nobody gets two. `call` rejects with the provider's error.
 */
export async function inHalves<Message>(
  messages: readonly Message[],
  call: (messages: readonly Message[]) => Promise<readonly Outcome[]>,
): Promise<readonly Outcome[]> {
  try {
    return await call(messages);
  } catch (cause) {
    const outcome = outcomeOfError(cause);
    if (outcome.kind !== 'permanent' || !isMalformed(cause) || messages.length < 2)
      return messages.map(() => outcome);
    const middle = Math.ceil(messages.length / 2);
    const halves = [messages.slice(0, middle), messages.slice(middle)];
    return (await Promise.all(halves.map((half) => inHalves(half, call)))).flat();
  }
}
