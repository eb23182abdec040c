import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSend } from '../../../lambdas/campaigns/sends/send.ts';
import {
  isFinal,
  moved,
  nextStates,
  SEND_STATES,
  type SendState,
} from '../../../lambdas/campaigns/sends/send-state.ts';

const send = firstSend({
  id: 'c',
  segment: 'cart',
  sendAt: '2026-11-21T12:00:00.000Z',
  createdAt: '2026-11-21T11:00:00.000Z',
  createdBy: 'key-1',
});
const change = { at: Date.parse('2026-11-21T12:00:01.000Z'), by: 'queue:sends' };

describe('the states of a send', () => {
  it('lead from every state to an end, and never back', () => {
    const longest = (state: SendState, seen: readonly SendState[]): number => {
      expect(seen).not.toContain(state);
      return 1 + Math.max(0, ...nextStates(state).map((next) => longest(next, [...seen, state])));
    };
    for (const state of SEND_STATES) expect(longest(state, [])).toBeLessThanOrEqual(SEND_STATES.length);
  });

  it('allow failing and cancelling until the end, and nothing after it', () => {
    for (const state of SEND_STATES) {
      const ends = isFinal({ state });
      expect(nextStates(state).length === 0).toBe(ends);
      if (!ends) expect(nextStates(state)).toEqual(expect.arrayContaining(['failed', 'cancelled']));
    }
  });

  it('keep in history every change that was allowed, and refuse the others', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SEND_STATES), { maxLength: 8 }), (wanted) => {
        let now = send;
        for (const state of wanted) {
          if (nextStates(now.state).includes(state)) {
            const next = moved(now, state, change);
            expect(next.history.slice(0, -1)).toEqual(now.history);
            expect(next.history.at(-1)).toMatchObject({ state, by: 'queue:sends' });
            now = next;
          } else {
            expect(() => moved(now, state, change)).toThrow(`is ${now.state} cannot become ${state}`);
          }
        }
      }),
    );
  });
});
