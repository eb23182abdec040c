/** What the tracker does with a browser's own events, without a browser. */
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Open } from '../../web/tracker/tracker.ts';
import type { World } from '../../web/tracker/world.ts';

/** By its path, since tests are compiled without the types of browsers. */
const BROWSER = join(import.meta.dirname, '..', '..', 'web', 'tracker', 'browser.ts');
const { openBrowser } = (await import(BROWSER)) as { readonly openBrowser: Open };

/** A page's window, and the storage that it shares with others. */
function page() {
  const kept = new Map<string, string>();
  const window = new EventTarget();
  vi.stubGlobal('document', {});
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  let world: World | undefined;
  openBrowser({ url: 'https://collector.example.com/v1', key: 'k' }, (opened) => {
    world = opened;
  });
  if (world === undefined) throw new Error('the page was not opened');
  return { world, kept, happens: (type: string) => void window.dispatchEvent(new Event(type)) };
}

afterEach(() => void vi.unstubAllGlobals());

describe('a page that was put away and is brought back as it was', () => {
  it.each([
    ['hears that another page has removed what the device kept', 'visitor', undefined, 1],
    ['goes on where the device keeps it still, or something newer', 'visitor', 'newer', 0],
    ['goes on where the device never kept anything', undefined, undefined, 0],
  ])('%s', (_, before, after, heard) => {
    const { world, kept, happens } = page();
    const run = vi.fn();
    world.onRemoved('repoint', run);
    if (before) world.store.set('repoint', before);
    happens('pageshow');
    happens('pagehide');
    kept.clear();
    if (after) kept.set('repoint', after);
    happens('pageshow');
    expect(run).toHaveBeenCalledTimes(heard);
  });
});
