import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE } from '../support/matrix.ts';
import { type CampaignAnswer, type Flow, finished, postCampaign, startFlow, until } from './support.ts';

const PEOPLE = 60;
const MINUTE_MS = 60_000;

interface Sent extends Omit<CampaignAnswer, 'sends'> {
  readonly chosen: { readonly variantId: string; readonly why: string } | null;
  readonly sends: readonly {
    readonly state: string;
    readonly counts: Readonly<Record<string, number>> | null;
    readonly history: readonly { readonly state: string }[];
  }[];
}

/** It waits for lake files and Athena: `npm run test:matrix` runs it. */
describe.runIf(WHOLE)('a test that chooses a winner, through the whole system', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow();
  });
  afterAll(() => flow.end());

  const shown = async (id: string): Promise<Sent> =>
    (await flow.api.must([200], 'GET', `/v1/campaigns/${id}`)).body['result'] as Sent;
  const texts = async (): Promise<string[]> => {
    const { body } = await flow.api.must([200], 'GET', '/local/outbox?channel=sms&limit=1000');
    return (body['messages'] as unknown[]).map((message) => JSON.stringify(message));
  };

  it('gives the rest what won, everybody one message, and the holdout none', async () => {
    const members = Array.from({ length: PEOPLE }, (_, index) => ({
      userId: `t${index}`,
      phone: `010-9999-${String(index).padStart(4, '0')}`,
      attributes: { grade: 'TESTED' },
    }));
    await flow.api.must([200], 'POST', '/v1/members', { members });
    await flow.api.must([201], 'PUT', '/v1/segments/tested', { rule: { attribute: 'grade', is: 'TESTED' } });
    const { id } = await postCampaign(flow.api, {
      segment: 'tested',
      channel: 'sms',
      message: 'shared',
      variants: [
        { message: 'winner-a', weight: 40 },
        { message: 'winner-b', weight: 50 },
      ],
      holdout: 10,
      winner: { testShare: 50, metric: 'clicks', minimumSample: 1, decideAfterMinutes: 15, tie: 'largest' },
    });
    await until(
      () => shown(id),
      ({ sends }) => sends[0]?.state === 'deciding',
    );
    // Everybody has clicked nothing: by the deadline the tie rule decides among those whose messages arrived.
    await flow.system.flush();
    await flow.api.must([200], 'POST', '/local/clock', { advanceMs: 16 * MINUTE_MS });
    await flow.api.must([200], 'POST', '/local/tick');
    await finished(flow.api, id);
    const { chosen, sends } = await shown(id);
    expect(chosen).toMatchObject({
      variantId: '1',
      why: expect.stringContaining('did equally well on clicks'),
    });
    const [send] = sends;
    expect(send?.history.map(({ state }) => state).slice(3)).toEqual([
      'sending',
      'deciding',
      'sending',
      'completed',
    ]);
    const all = await texts();
    const [a, b] = ['winner-a', 'winner-b'].map((text) => all.filter((each) => each.includes(text)).length);
    expect(send?.counts).toMatchObject({ audience: PEOPLE, open: 0, sent: (a ?? 0) + (b ?? 0) });
    expect((send?.counts?.['sent'] ?? 0) + (send?.counts?.['skipped'] ?? 0)).toBe(PEOPLE);
    expect(b).toBeGreaterThan(a ?? 0);
    expect(all.filter((each) => each.includes('shared'))).toEqual([]);
  }, 120_000);
});
