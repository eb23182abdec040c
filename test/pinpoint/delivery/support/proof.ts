import { expect } from 'vitest';
import { meaningOf } from '../../../../lambdas/pinpoint/delivery/outcomes.ts';
import { totalsOf } from '../../../../lambdas/pinpoint/runs/totals.ts';
import { finalStates, type World } from './world.ts';

interface FinalState {
  readonly status: string;
  readonly reason: string;
}

const agree = (written: FinalState, told: FinalState | undefined): boolean =>
  written.status === 'uncertain'
    ? ['uncertain', 'sent', 'failed'].includes(told?.status ?? '')
    : written.status === told?.status && written.reason === told.reason;

/** Every position's final state as the rows of the slices have it, by endpoint id. */
export async function writtenStates(world: World): Promise<Map<string, FinalState>> {
  const slices = await world.slices();
  const ids = [...world.endpoints.keys()];
  const written = slices.flatMap(({ states, legend }) =>
    [...states].map((letter) => meaningOf(letter, legend)),
  );
  return new Map(ids.map((id, index) => [id, written[index] ?? { status: 'open', reason: 'open' }] as const));
}

/**
 * Nobody is lost and nobody was sent to twice; the ledger holds one final state a recipient, the slices say the same, and
 * their counts add up. Where a slice says `uncertain` the ledger may know more: the answer came, and then the worker died.
 * Returns the endpoint ids that are uncertain by the slices.
 */
export async function proveNothingLostNothingTwice(world: World, skipped = 0): Promise<string[]> {
  const slices = await world.slices();
  expect(slices.every(({ done }) => done)).toBe(true);
  const accepted = world.sent.map(({ identity }) => identity.endpointId);
  expect(new Set(accepted).size).toBe(accepted.length);

  const written = await writtenStates(world);
  const ledger = finalStates(world.ledger);
  expect(ledger.size).toBe(world.endpoints.size + skipped);
  const differing = [...written].filter(([id, state]) => !agree(state, ledger.get(id)));
  expect(differing.map(([id, state]) => [id, state, ledger.get(id)])).toEqual([]);
  const got = new Set(accepted);
  expect([...ledger].filter(([id, { status }]) => status === 'sent' && !got.has(id))).toEqual([]);
  expect(accepted.filter((id) => !['sent', 'uncertain'].includes(written.get(id)?.status ?? ''))).toEqual([]);

  const totals = totalsOf(slices);
  expect(totals.open).toBe(0);
  expect(totals.sent + totals.failed + totals.skipped + totals.uncertain).toBe(
    world.endpoints.size + skipped,
  );
  return [...written].filter(([, { status }]) => status === 'uncertain').map(([id]) => id);
}
