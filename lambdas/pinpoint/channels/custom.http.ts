import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { type CustomTarget, webhookProblem } from './custom.ts';
import { refusedDelivery } from './custom-answer.ts';
import { throttled } from './failure.ts';
import type { Outcome } from './ports.ts';
import { NotPublic, publicLookup, requirePublicLiteral } from './public-address.http.ts';

export interface WebhookSettings {
  /** Also calls private addresses: for tests, and the system on one laptop. */
  readonly allowPrivate?: boolean;
  /** Milliseconds until the answer's headers must be there; 15,000 unless said otherwise. */
  readonly timeoutMs?: number;
  /** PEM of the one authority to trust, in place of the well-known ones. */
  readonly ca?: string;
}

const TIMEOUT_MS = 15_000;
const BUSY = new Set([429, 503]);

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  const text = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (BUSY.has(status)) return throttled(text, { 'retry-after': headers['retry-after'], date: headers.date });
  return refusedDelivery(text);
}

/** Until the connection is secure nothing was sent, so another try cannot send twice. */
function outcomeOfFailure(error: NodeJS.ErrnoException, connected: boolean): Outcome {
  if (error instanceof NotPublic) return refusedDelivery(error.message);
  return {
    kind: connected ? 'uncertain' : 'transient',
    text: `${error.code ?? error.name}: ${error.message}`,
  };
}

/** Custom delivery by a POST to a webhook. The answer's body is not read, and a redirection is not followed. */
export function webhookDelivery(settings: WebhookSettings = {}): CustomTarget {
  const { allowPrivate = false, timeoutMs = TIMEOUT_MS, ca } = settings;
  // A connection each: one that was kept may be closed by the other side at any time, which looks like no answer.
  const agent = new Agent({ keepAlive: false });
  const post = (url: URL, body: Buffer): Promise<Outcome> =>
    new Promise((resolve) => {
      let connected = false;
      const call = request(url, {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'user-agent': 'Repoint',
        },
        signal: AbortSignal.timeout(timeoutMs),
        ...(allowPrivate ? {} : { lookup: publicLookup }),
        ...(ca === undefined ? {} : { ca }),
      });
      call.on('socket', (socket) =>
        socket.once('secureConnect', () => {
          connected = true;
        }),
      );
      call.on('error', (error) => resolve(outcomeOfFailure(error, connected)));
      call.on('response', (answer) => {
        resolve(outcomeOf(answer));
        answer.destroy();
      });
      call.end(body);
    });
  return {
    async deliver(uri, event) {
      const problem = webhookProblem(uri);
      if (problem !== undefined) return { outcome: refusedDelivery(problem) };
      const url = new URL(uri);
      try {
        if (!allowPrivate) requirePublicLiteral(url);
      } catch (error) {
        return { outcome: outcomeOfFailure(error as Error, false) };
      }
      return { outcome: await post(url, Buffer.from(JSON.stringify(event))) };
    },
  };
}
