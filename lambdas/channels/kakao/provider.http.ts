import type { KakaoOutcome, KakaoProvider } from './ports.ts';

export interface HttpProviderSettings {
  /** `https://…/messages` of the provider or of a bridge to one (docs/kakao-port.md). */
  readonly url: string;
  /** The bearer token, read when it is needed. */
  readonly token: () => Promise<string>;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 12_000;
const KINDS = ['sent', 'transient', 'throttled', 'permanent', 'uncertain'];

/** The documented port (docs/kakao-port.md): one POST, an outcome a message. */
export function httpKakaoProvider({
  url,
  token,
  timeoutMs = TIMEOUT_MS,
}: HttpProviderSettings): KakaoProvider {
  return {
    async send(messages) {
      const all = (outcome: KakaoOutcome) => messages.map(() => outcome);
      let bearer: string;
      let response: Response;
      try {
        bearer = await token();
      } catch (cause) {
        return all({ kind: 'transient', text: `no token: ${(cause as Error).message}` });
      }
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
          body: JSON.stringify({ messages }),
          signal: AbortSignal.timeout(timeoutMs),
          redirect: 'error',
        });
      } catch (cause) {
        return all(afterFailure(cause as Error));
      }
      if (response.status === 429) return all({ kind: 'throttled', text: 'HTTP 429' });
      if (response.status === 503) return all({ kind: 'transient', text: 'HTTP 503' });
      if (response.status >= 500) return all({ kind: 'uncertain', text: `HTTP ${response.status}` });
      if (!response.ok) return all({ kind: 'permanent', text: `HTTP ${response.status}` });
      return outcomesOf(await response.json().catch(() => undefined), messages.length);
    },
  };
}

/** A connection that was never made sent nothing; anything later may have. */
function afterFailure(error: Error): KakaoOutcome {
  const code = (error.cause as { code?: string } | undefined)?.code ?? error.name;
  const before = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
  return { kind: before ? 'transient' : 'uncertain', text: `${code}: ${error.message}` };
}

function outcomesOf(answer: unknown, count: number): KakaoOutcome[] {
  const results = (answer as { results?: unknown } | undefined)?.results;
  const list: unknown[] = Array.isArray(results) ? results : [];
  return Array.from({ length: count }, (_, index) => outcomeOf(list[index]));
}

function outcomeOf(value: unknown): KakaoOutcome {
  const { outcome, text, messageId, gone } = (value ?? {}) as Record<string, unknown>;
  if (!KINDS.includes(String(outcome)))
    return { kind: 'uncertain', text: 'the provider did not say what became of it' };
  if (outcome === 'sent')
    return typeof messageId === 'string' ? { kind: 'sent', providerMessageId: messageId } : { kind: 'sent' };
  const said = typeof text === 'string' ? text : String(outcome);
  if (outcome === 'permanent')
    return { kind: 'permanent', text: said, ...(gone === true ? { gone: true } : {}) };
  return { kind: outcome as 'transient' | 'throttled' | 'uncertain', text: said };
}
