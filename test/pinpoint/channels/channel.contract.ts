import { describe, expect, it } from 'vitest';
import type { ChannelAdapter, Outcome, OutgoingMessage } from '../../../lambdas/pinpoint/channels/ports.ts';

/** Nobody listens there; a port that was given back may be another test's the next moment. */
export const CLOSED_PORT = 2;

/** What a test plays the provider with. */
export interface Provider {
  readonly adapter: ChannelAdapter;
  /** The provider answers a call as a whole, and has no ids of its own. */
  readonly asOne?: true;
  /** Addresses that the provider took, in order. */
  readonly taken: () => Promise<readonly string[]>;
  /** An address that works, one of many. */
  readonly good: (n: number) => string;
  /** An address that is throttled the first time. */
  readonly throttled: string;
  /** An address that is dead, if the channel's provider can know. */
  readonly dead?: string;
  /** The same adapter towards an address where nobody listens. */
  readonly unreachable: ChannelAdapter;
  /** The same adapter towards a server that takes the request and hangs up without an answer. */
  readonly hangingUp: ChannelAdapter;
  /** Requests the server that hangs up has seen. */
  readonly hungUp: () => number;
}

export const messageTo = (
  address: string,
  n: number,
  channelType: string,
  content: Readonly<Record<string, string>>,
): OutgoingMessage => ({
  channelType,
  address,
  identity: {
    messageId: `message-${n}`,
    applicationId: 'app-1',
    campaignId: 'campaign-1',
    activityId: 'activity-1',
    treatmentId: '0',
    endpointId: `endpoint/${n}:회원`,
    userId: `user ${n}`,
  },
  content,
});

const kinds = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ kind }) => kind);

/** What every way to a provider must hold to. */
export function channelContract(
  name: string,
  callSize: number,
  start: () => Promise<Provider>,
  message: (address: string, n: number) => OutgoingMessage,
): void {
  describe(`sending by ${name}`, () => {
    it('takes a full call and answers for each message in its place', async () => {
      const provider = await start();
      const before = (await provider.taken()).length;
      const addresses = Array.from({ length: callSize }, (_, n) => provider.good(n));
      const outcomes = await provider.adapter.send(addresses.map(message));
      expect(kinds(outcomes)).toEqual(addresses.map(() => 'sent'));
      const ids = outcomes.map((outcome) =>
        outcome.kind === 'sent' ? outcome.providerMessageId : undefined,
      );
      expect(new Set(ids).size).toBe(provider.asOne ? 1 : callSize);
      expect((await provider.taken()).slice(before).sort()).toEqual([...addresses].sort());
    });

    it('tells throttled and dead addresses from those that worked', async () => {
      const provider = await start();
      const { throttled, dead } = provider;
      const addresses = [
        provider.good(1),
        throttled,
        ...(dead === undefined ? [] : [dead]),
        provider.good(2),
      ];
      const messages = addresses.map(message);
      const calls = provider.asOne ? messages.map((each) => [each]) : [messages];
      const outcomes: Outcome[] = [];
      for (const call of calls) outcomes.push(...(await provider.adapter.send(call)));
      expect(kinds(outcomes)).toEqual([
        'sent',
        'throttled',
        ...(dead === undefined ? [] : ['permanent']),
        'sent',
      ]);
      if (dead !== undefined) expect(outcomes[2]).toMatchObject({ gone: true, reason: 'FAILURE_PERMANENT' });
      expect(kinds(await provider.adapter.send([message(throttled, 1)]))).toEqual(['sent']);
    });

    it('says that nothing was sent when nobody listens: it may be tried again', async () => {
      const { unreachable, good } = await start();
      expect(kinds(await unreachable.send([message(good(1), 1), message(good(2), 2)]))).toEqual([
        'transient',
        'transient',
      ]);
    });

    it('is uncertain when the provider hangs up, and makes no second attempt', async () => {
      const { hangingUp, hungUp, good } = await start();
      const before = hungUp();
      expect(kinds(await hangingUp.send([message(good(1), 1)]))).toEqual(['uncertain']);
      expect(hungUp() - before).toBe(1);
    });
  });
}
