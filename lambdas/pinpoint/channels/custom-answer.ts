import type { Outcome } from './ports.ts';

/** A failure that another try would not mend. */
export const refusedDelivery = (text: string, gone = false): Outcome => ({
  kind: 'permanent',
  text,
  gone,
  reason: 'CUSTOM_DELIVERY_FAILURE',
});

type Json = Readonly<Record<string, unknown>>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/**
 * What became of each endpoint, by our extension of a function's answer, `{ "Repoint": { "Results": { "<endpoint>":
 * { "Outcome", "Text", "MessageId", "Gone" } } } }` (docs/pinpoint-api.md). Pinpoint took any answer for sent, and so
 * are endpoints of which none, or nothing that can be understood, is said.
 */
export function customResults(payload: string): ReadonlyMap<string, Outcome> {
  if (!payload.includes('"Repoint"')) return new Map();
  const answer = parsed(payload);
  const results = object(object(object(answer)['Repoint'])['Results']);
  return new Map(
    Object.entries(results).flatMap(([endpointId, result]) => {
      const outcome = outcomeOf(object(result));
      return outcome === undefined ? [] : [[endpointId, outcome] as const];
    }),
  );
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function outcomeOf({ Outcome: kind, Text, MessageId, Gone }: Json): Outcome | undefined {
  const text = typeof Text === 'string' ? Text : '';
  switch (kind) {
    case 'sent':
      return typeof MessageId === 'string' ? { kind, providerMessageId: MessageId } : { kind };
    case 'throttled':
    case 'transient':
    case 'uncertain':
      return { kind, text };
    case 'permanent':
      return refusedDelivery(text, Gone === true);
    default:
      return undefined;
  }
}
