import { describe, expect, it } from 'vitest';
import { makeShop } from '../../../local/demo/shop.ts';

const options = { seed: 7, members: 200, now: Date.parse('2026-11-21T00:00:00Z') };

describe('the made shop', () => {
  it('is the same for the same seed and another for another', () => {
    expect(makeShop(options)).toEqual(makeShop(options));
    expect(makeShop({ ...options, seed: 8 })).not.toEqual(makeShop(options));
  });

  it('stays inside the week before now, with ids that never repeat', () => {
    const { events } = makeShop(options);
    const ids = new Set(events.map(({ event_id }) => event_id));
    expect(ids.size).toBe(events.length);
    for (const { occurred_at } of events) {
      expect(Date.parse(occurred_at)).toBeLessThanOrEqual(options.now);
      expect(Date.parse(occurred_at)).toBeGreaterThan(options.now - 8 * 24 * 60 * 60 * 1000);
    }
  });

  it('leaves carts behind: somebody added and did not purchase', () => {
    const { events } = makeShop(options);
    const did = (name: string) =>
      new Set(events.filter((event) => event.name === name).map(({ user_id }) => user_id));
    const bought = did('purchase');
    expect([...did('add_to_cart')].filter((user) => !bought.has(user)).length).toBeGreaterThan(5);
    expect(bought.size).toBeGreaterThan(5);
  });
});
