import { expect } from 'vitest';
import { meaningOf } from '../../../../lambdas/pinpoint/delivery/outcomes.ts';
import { totalsOf } from '../../../../lambdas/pinpoint/runs/totals.ts';
import { finalStates, type World } from './world.ts';

/** Every position's final state as the rows of the slices have it, by endpoint id. */
export async function writtenStates(world: World): Promise<Map<string, { status: string; reason: string }>> {
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
  for (const [id, state] of written) {
    const told = ledger.get(id);
    if (state.status === 'uncertain') expect(['uncertain', 'sent', 'failed']).toContain(told?.status);
    else expect([id, told]).toEqual([id, state]);
    if (told?.status === 'sent') expect(accepted).toContain(id);
  }
  for (const id of accepted) expect(['sent', 'uncertain']).toContain(written.get(id)?.status);

  const totals = totalsOf(slices);
  expect(totals.open).toBe(0);
  expect(totals.sent + totals.failed + totals.skipped + totals.uncertain).toBe(
    world.endpoints.size + skipped,
  );
  return [...written].filter(([, { status }]) => status === 'uncertain').map(([id]) => id);
}
