import { describe, expect, it } from 'vitest';
import {
  registryKillSwitch,
  SENDING_KEY,
  type SendingRow,
} from '../../../lambdas/pinpoint/delivery/kill-switch.ts';
import type { Registry } from '../../../lambdas/pinpoint/ports.ts';
import { memoryRegistry } from '../runs/support/memory.ts';

const row = (enabled: boolean): SendingRow => ({
  enabled,
  reason: 'test',
  changedAt: '2026-11-01T09:00:00.000Z',
  changedBy: 'test',
});

/** A registry whose reads are counted, and fail on demand. */
function world() {
  const registry = memoryRegistry();
  const state = { now: 0, reads: 0, fails: false };
  const get: Registry['get'] = async (key) => {
    state.reads += 1;
    if (state.fails) throw new Error('no table');
    return registry.get(key);
  };
  return { registry, state, killSwitch: registryKillSwitch({ get }, () => state.now) };
}

describe('the kill switch', () => {
  it('is on until somebody switches sending off, and acts within two seconds', async () => {
    const { registry, state, killSwitch } = world();
    expect(await killSwitch.isOff()).toBe(false);
    const stored = await registry.create(SENDING_KEY, row(false));
    state.now = 2_000;
    expect(await killSwitch.isOff()).toBe(true);
    if (stored) await registry.replace(stored, row(true));
    state.now = 4_000;
    expect(await killSwitch.isOff()).toBe(false);
  });

  it('is read once for all the calls of a moment', async () => {
    const { state, killSwitch } = world();
    await Promise.all(Array.from({ length: 20 }, () => killSwitch.isOff()));
    state.now = 1_999;
    await killSwitch.isOff();
    expect(state.reads).toBe(1);
  });

  it('acts as soon though the clock is set back', async () => {
    const { registry, state, killSwitch } = world();
    state.now = 3_600_000;
    expect(await killSwitch.isOff()).toBe(false);
    await registry.create(SENDING_KEY, row(false));
    state.now = 2_000;
    expect(await killSwitch.isOff()).toBe(true);
  });

  it('lets nobody send while it cannot be read, and is read again at once', async () => {
    const { state, killSwitch } = world();
    state.fails = true;
    await expect(killSwitch.isOff()).rejects.toThrow('no table');
    await expect(killSwitch.isOff()).rejects.toThrow('no table');
    state.fails = false;
    expect(await killSwitch.isOff()).toBe(false);
  });
});
