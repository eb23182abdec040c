import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSend } from '../../../lambdas/campaigns/sends/send.ts';
import {
  canPause,
  isFinal,
  moved,
  nextStates,
  SEND_STATES,
  type SendState,
} from '../../../lambdas/campaigns/sends/send-state.ts';

const AT = '2026-11-21T12:00:00.000Z';
const send = newSend({ id: 'c', version: 1 }, AT, { at: Date.parse(AT), by: 'tick', windowMs: 1000 });
const change = { at: Date.parse('2026-11-21T12:00:01.000Z'), by: 'queue:sends' };

describe('the states of a send', () => {
  it('lead from every state to an end, and from an end nowhere', () => {
    const reachable = new Set<SendState>(SEND_STATES.filter((state) => isFinal({ state })));
    expect([...reachable].sort()).toEqual(['cancelled', 'completed', 'failed', 'missed']);
    for (let grown = 0; grown < reachable.size; ) {
      grown = reachable.size;
      for (const state of SEND_STATES)
        if (nextStates(state).some((next) => reachable.has(next))) reachable.add(state);
    }
    expect([...reachable].sort()).toEqual([...SEND_STATES].sort());
  });

  it('allow failing and cancelling until the end', () => {
    for (const state of SEND_STATES.filter((each) => !isFinal({ state: each })))
      expect(nextStates(state)).toEqual(expect.arrayContaining(['failed', 'cancelled']));
  });

  it('let a pause go back to each state it is possible in', () => {
    expect(nextStates('paused').filter((state) => !isFinal({ state }))).toEqual(SEND_STATES.filter(canPause));
  });

  it('reach `sending` only by way of `importing`, `deciding` or a pause', () => {
    expect(SEND_STATES.filter((state) => nextStates(state).includes('sending'))).toEqual([
      'importing',
      'paused',
      'deciding',
    ]);
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
