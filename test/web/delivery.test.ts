import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, FIRST_WAIT_MS, LONGEST_WAIT_MS, MOST_FAILURES } from '../../web/tracker/backoff.ts';
import { GATHER_MS } from '../../web/tracker/sender.ts';
import { createDevice, type Device, type Outcome, type Sent, type Tab } from './world.ts';

const HOUR_MS = 60 * 60 * 1000;
const names = (sent: readonly Sent[]): unknown[] => sent.map(({ properties }) => properties?.['n']);

describe('the wait before the next try', () => {
  it('doubles up to its limit, and half of it is chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, random) => {
          const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (n - 1));
          expect(backoffMs(n, random)).toBeGreaterThanOrEqual(most / 2);
          expect(backoffMs(n, random)).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome[]>('lost', 0, 202, 207, 408, 429, 500, 503);

/** What may happen to a tab; a number lets that many milliseconds pass. */
const ACTS = ['track', 'track', 'track', 'leave', 'online', 'flush', 'click', 'crash'] as const;
const step = fc.record({
  act: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ACTS) }, fc.nat(20_000)),
  tab: fc.nat(1),
});

/** Two tabs of one device, to which things happen; `tracked` is how many events they were told of. */
function twoTabs(device: Device) {
  const tabs = [device.open(), device.open()];
  let tracked = 0;
  const acts: Record<(typeof ACTS)[number], (tab: Tab, index: number) => void> = {
    track: ({ repoint }) => repoint.track('interaction', { n: tracked++ }),
    leave: (tab) => tab.hide(),
    online: (tab) => tab.online(),
    flush: (tab) => void tab.repoint.flush(),
    click(tab, index) {
      tab.close('click');
      tabs[index] = device.open();
    },
    crash(tab, index) {
      tab.close('crash');
      tabs[index] = device.open();
    },
  };
  return {
    async take({ act, tab }: { act: (typeof ACTS)[number] | number; tab: number }): Promise<void> {
      if (typeof act === 'number') await device.pass(act);
      else acts[act](tabs[tab] as Tab, tab);
    },
    tracked: () => tracked,
    crash: () => tabs.forEach((tab) => void tab.close('crash')),
  };
}

describe('whatever fails', () => {
  it('every event of every tab is taken in the end, unchanged each time it is sent again', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 12 }),
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(0, 300, 2500),
        async (outcomes, steps, latencyMs) => {
          const device = createDevice(latencyMs);
          device.answer(outcomes);
          const tabs = twoTabs(device);
          for (const one of steps) await tabs.take(one);
          device.answer([]);
          tabs.crash();
          device.open();
          await device.pass(HOUR_MS);
          const once = new Map(device.taken.map((event) => [event.event_id, event]));
          for (const event of device.taken) expect(event).toEqual(once.get(event.event_id));
          const told = names([...once.values()]).sort((a, b) => Number(a) - Number(b));
          expect(told).toEqual([...Array(tabs.tracked()).keys()]);
          expect([...device.kept.keys()].filter((key) => key.startsWith('repoint:'))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    ));
});

describe('a page', () => {
  it('sends what happens within a moment in one request, in order', async () => {
    const device = createDevice();
    const { repoint } = device.open();
    for (let n = 0; n < 20; n++) repoint.track('interaction', { n });
    await device.pass(GATHER_MS - 1);
    expect(device.bodies).toHaveLength(0);
    await device.pass(1);
    expect(device.bodies).toHaveLength(1);
    expect(names(device.taken)).toEqual([...Array(20).keys()]);
  });

  it('waits longer from failure to failure, whatever is tracked meanwhile, and then sends it all', async () => {
    const latencyMs = 1900;
    const device = createDevice(latencyMs);
    device.answer([429, 503, 0, 429, 500]);
    const { repoint } = device.open();
    for (let n = 0; n < 60; n++) {
      repoint.track('interaction', { n });
      await device.pass(1000);
    }
    const gaps = device.times.slice(0, 6).map((time, index) => time - (device.times[index - 1] ?? 0));
    for (let failures = 1; failures <= 5; failures++)
      expect(gaps[failures]).toBeGreaterThanOrEqual(latencyMs + backoffMs(failures, 0));
    await device.pass(HOUR_MS);
    expect(names(device.taken)).toEqual([...Array(60).keys()]);
  });

  it('whose key or address is refused asks once, and the next page asks again', async () => {
    for (const status of [401, 403, 404]) {
      const device = createDevice();
      device.answer([], status);
      const tab = device.open();
      for (let n = 0; n < 100; n++) {
        tab.repoint.track('interaction', { n });
        await device.pass(10_000);
      }
      tab.hide();
      tab.online();
      expect(await tab.repoint.flush()).toBe(false);
      expect(device.bodies).toHaveLength(1);
      expect(tab.warnings.flat()).toContain(status);
      // The key was mended: nothing of what the refused page saw is lost.
      device.answer([]);
      device.open();
      await device.pass(HOUR_MS);
      expect(device.taken).toHaveLength(100);
    }
  });

  it('that never hears an answer stops asking, and goes on when the network is back', async () => {
    const device = createDevice();
    device.answer([], 0);
    const tab = device.open();
    for (let n = 0; n < 200; n++) {
      tab.repoint.track('interaction', { n });
      await device.pass(60_000);
    }
    expect(device.bodies).toHaveLength(MOST_FAILURES);
    device.answer([]);
    tab.online();
    await device.pass(1000);
    expect(names(device.taken)).toEqual([...Array(200).keys()]);
  });

  it('sends again what the collector could not keep, and that alone', async () => {
    const device = createDevice();
    device.answer([['taken', 'unavailable', 'validation'], ['unavailable']]);
    const { repoint } = device.open();
    for (const target of ['a', 'b', 'c']) repoint.track('interaction', { target });
    await device.pass(HOUR_MS);
    expect(device.taken.map(({ properties }) => properties?.['target'])).toEqual(['a', 'b']);
    expect(device.bodies).toHaveLength(3);
    expect(device.kept.size).toBe(1);
  });

  it('drops a batch that is refused as it is, and only that', async () => {
    const device = createDevice();
    device.answer([400]);
    const { repoint } = device.open();
    repoint.track('interaction', { n: 0 });
    await device.pass(GATHER_MS);
    repoint.track('interaction', { n: 1 });
    await device.pass(HOUR_MS);
    expect(names(device.taken)).toEqual([1]);
    expect(device.bodies).toHaveLength(2);
  });

  it('that is left sends at once what waits, even while it waits for the next try', async () => {
    const device = createDevice();
    device.answer([503]);
    const tab = device.open();
    tab.repoint.track('interaction', { n: 0 });
    await device.pass(GATHER_MS);
    tab.repoint.track('interaction', { n: 1 });
    tab.close('click');
    await device.pass(0);
    expect(names(device.taken)).toEqual([0, 1]);
  });

  it('tells by flush whether everything was taken', async () => {
    const device = createDevice();
    device.answer([503]);
    const { repoint } = device.open();
    repoint.track('interaction', { n: 0 });
    expect(await repoint.flush()).toBe(false);
    expect(await repoint.flush()).toBe(true);
    expect(names(device.taken)).toEqual([0]);
  });

  it('is not hurt by what cannot be sent', async () => {
    const device = createDevice();
    const { repoint, warnings } = device.open();
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    repoint.track('interaction', endless);
    repoint.track('interaction', { n: 'x'.repeat(70_000) });
    repoint.track('interaction', { n: 1 });
    await device.pass(HOUR_MS);
    expect(names(device.taken)).toEqual([1]);
    expect(warnings).toHaveLength(2);
  });
});
