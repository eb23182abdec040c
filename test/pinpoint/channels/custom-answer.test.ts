import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customDelivery } from '../../../lambdas/pinpoint/channels/custom.ts';
import { customResults } from '../../../lambdas/pinpoint/channels/custom-answer.ts';
import { messageTo } from './channel.contract.ts';

const answer = (Results: unknown): string => JSON.stringify({ Repoint: { Results } });

describe('a custom channel that says what became of each endpoint', () => {
  it('is taken at its word, one by one', async () => {
    const payload = answer({
      a: { Outcome: 'sent', MessageId: 'p-1' },
      b: { Outcome: 'permanent', Text: 'blocked', Gone: true },
      c: { Outcome: 'throttled', Text: 'slow down' },
      d: { Outcome: 'delighted' },
    });
    const lambda = {
      deliver: async () => ({ outcome: { kind: 'sent' } as const, each: customResults(payload) }),
    };
    const adapter = customDelivery({ lambda, webhook: lambda });
    const messages = ['a', 'b', 'c', 'd', 'e'].map((endpointId, n) => {
      const message = messageTo(endpointId, n, 'CUSTOM', { deliveryUri: 'messenger' });
      return { ...message, identity: { ...message.identity, endpointId } };
    });
    expect(await adapter.send(messages)).toEqual([
      { kind: 'sent', providerMessageId: 'p-1' },
      { kind: 'permanent', text: 'blocked', gone: true, reason: 'CUSTOM_DELIVERY_FAILURE' },
      { kind: 'throttled', text: 'slow down' },
      { kind: 'sent' },
      { kind: 'sent' },
    ]);
  });

  it('never fails a call by what it answers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue().map(answer)), (payload) => {
        for (const outcome of customResults(payload).values())
          expect(['sent', 'throttled', 'transient', 'uncertain', 'permanent']).toContain(outcome.kind);
      }),
    );
  });
});
