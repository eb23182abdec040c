import { describe, expect, it } from 'vitest';
import {
  type EngineSending,
  getSending,
  type KillSwitch,
  putSending,
} from '../../../lambdas/campaigns/kill-switch/sending.ts';
import { ctxAt, START } from '../support/worlds.ts';

function memorySwitch(): KillSwitch {
  let now: EngineSending = { Enabled: true, Reason: '' };
  return {
    get: async () => now,
    async put(sending) {
      now = { ...sending, ChangedAt: new Date(START).toISOString() };
      return now;
    },
  };
}

describe('the switch of all sending', () => {
  it('is on until somebody halts it, and then tells who did and why, until it is on again', async () => {
    const kill = memorySwitch();
    expect(await getSending(kill)).toEqual({ enabled: true, reason: null, changedAt: null });
    await putSending(kill, ctxAt(START, { actor: 'kim' }), { enabled: false, reason: ' wrong price ' });
    expect(await getSending(kill)).toMatchObject({ enabled: false, reason: 'wrong price (kim)' });
    await putSending(kill, ctxAt(START), { enabled: true });
    expect(await getSending(kill)).toMatchObject({ enabled: true, reason: null });
  });

  it.each([{}, { reason: '' }, { reason: '  ' }])('is not halted without a reason: %j', async (why) => {
    const kill = memorySwitch();
    await expect(putSending(kill, ctxAt(START), { enabled: false, ...why })).rejects.toMatchObject({
      code: 'validation',
      field: 'reason',
    });
    expect(await getSending(kill)).toMatchObject({ enabled: true });
  });

  it('of two who switch it at one moment tells the slower one so', async () => {
    const kill: KillSwitch = { ...memorySwitch(), put: async () => 'conflict' };
    await expect(putSending(kill, ctxAt(START), { enabled: true })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
