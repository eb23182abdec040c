import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createQueue,
  MAX_AGE_MS,
  MAX_BATCH_EVENTS,
  MAX_FLYING_BYTES,
  MAX_KEPT_BYTES,
  MAX_KEPT_EVENTS,
  type Store,
} from '../../web/tracker/queue.ts';

function memory(): Store & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    keys: () => [...kept.keys()],
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  };
}

const NOW = 1_772_000_000_000;
const textOf = (index: number, length = 20): string => JSON.stringify(`${index}:${'x'.repeat(length)}`);
const fill = (queue: ReturnType<typeof createQueue>, count: number, length?: number): void => {
  for (let index = 0; index < count; index++) queue.add(NOW + index, `id${index}`, textOf(index, length));
};
const texts = (batch: readonly { readonly text: string }[]): string[] => batch.map(({ text }) => text);

describe('a queue', () => {
  it('hands out events in order, in batches that a leaving page may still send, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 120 }), (lengths) => {
        const queue = createQueue(memory());
        for (const [index, length] of lengths.entries())
          queue.add(NOW + index, `id${index}`, textOf(index, length));
        const sent: string[] = [];
        for (let batch = queue.take(); batch.length > 0; batch = queue.take()) {
          expect(batch.length).toBeLessThanOrEqual(MAX_BATCH_EVENTS);
          expect(batch.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)).toBeLessThanOrEqual(
            MAX_FLYING_BYTES,
          );
          sent.push(...texts(batch));
          queue.landed(batch, true);
        }
        const all = lengths.map((length, index) => textOf(index, length));
        // What did not fit the queue was dropped from its old end.
        expect(sent).toEqual(all.slice(all.length - sent.length));
        expect(queue.size()).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('never has more under way than browsers let go at once', () => {
    const queue = createQueue(memory());
    fill(queue, 10, 20_000);
    expect(queue.take()).toHaveLength(2);
    expect(queue.take()).toHaveLength(0);
  });

  it('counts bytes, not characters', () => {
    const queue = createQueue(memory());
    expect(queue.add(NOW, 'large', JSON.stringify('가'.repeat(20_001)))).toBe(false);
    expect(queue.add(NOW, 'small', JSON.stringify('가'.repeat(19_000)))).toBe(true);
  });

  it('gives out again what came back, before what is newer', () => {
    const queue = createQueue(memory());
    fill(queue, MAX_BATCH_EVENTS + 5);
    const first = queue.take();
    queue.landed(first, false);
    expect(texts(queue.take())).toEqual(texts(first));
  });

  it('keeps an event on the device until it is answered for, and another page takes it over', () => {
    const store = memory();
    const queue = createQueue(store);
    fill(queue, 3);
    const batch = queue.take();
    expect(store.kept.size).toBe(3);
    const next = createQueue(store);
    next.adopt(NOW + 10);
    expect(texts(next.take())).toEqual(texts(batch));
    queue.landed(batch, true);
    expect(store.kept.size).toBe(0);
  });

  it('does not send what another tab has meanwhile got its answer for', () => {
    const store = memory();
    const [one, other] = [createQueue(store), createQueue(store)];
    fill(one, 3);
    other.adopt(NOW);
    one.landed(one.take(), true);
    expect(other.take()).toHaveLength(0);
    expect(other.size()).toBe(0);
  });

  it('does not lose what another tab puts there at the same time', () => {
    const store = memory();
    const [one, other] = [createQueue(store), createQueue(store)];
    one.add(NOW, 'a', '"a"');
    other.add(NOW, 'b', '"b"');
    one.add(NOW + 1, 'c', '"c"');
    const next = createQueue(store);
    next.adopt(NOW);
    expect(texts(next.take()).sort()).toEqual(['"a"', '"b"', '"c"']);
  });

  it('has a bound, in events and in bytes: the oldest make room', () => {
    for (const [count, length] of [
      [MAX_KEPT_EVENTS + 50, 10],
      [60, 20_000],
    ] as const) {
      const store = memory();
      const queue = createQueue(store);
      fill(queue, count, length);
      const bytes = [...store.kept.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      expect(bytes).toBeLessThanOrEqual(MAX_KEPT_BYTES);
      expect(store.kept.size).toBeLessThanOrEqual(MAX_KEPT_EVENTS);
      expect(store.kept.size).toBe(queue.size());
      expect([...store.kept.values()].at(-1)).toBe(textOf(count - 1, length));
      expect([...store.kept.values()]).not.toContain(textOf(0, length));
    }
  });

  it('throws away what is older than a week, and what it cannot have written', () => {
    const store = memory();
    store.set(`repoint:${NOW - MAX_AGE_MS}:old`, '"old"');
    store.set(`repoint:${NOW - 1000}:new`, '"new"');
    store.set('repoint:?', '"broken"');
    store.set(`repoint:${NOW}:large`, JSON.stringify('x'.repeat(MAX_FLYING_BYTES)));
    store.set('theirs', 'x');
    const queue = createQueue(store);
    queue.adopt(NOW);
    expect(texts(queue.take())).toEqual(['"new"']);
    expect([...store.kept.keys()]).toEqual([`repoint:${NOW - 1000}:new`, 'theirs']);
  });

  it('forgets: the device is empty at once, what is under way comes back rewritten', () => {
    const store = memory();
    const queue = createQueue(store);
    fill(queue, MAX_BATCH_EVENTS + 2);
    const flying = queue.take();
    queue.forget((text) => (text === textOf(0) ? undefined : '"nobody"'));
    expect(store.kept.size).toBe(0);
    queue.landed(flying, false);
    queue.add(NOW + 99, 'after', '"after"');
    expect(store.kept.size).toBe(0);
    const sent: string[] = [];
    for (let batch = queue.take(); batch.length > 0; batch = queue.take()) {
      sent.push(...texts(batch));
      queue.landed(batch, true);
    }
    expect(sent).toEqual([...Array(MAX_BATCH_EVENTS + 1).fill('"nobody"'), '"after"']);
    queue.remember();
    queue.add(NOW + 100, 'later', '"later"');
    expect([...store.kept.values()]).toEqual(['"later"']);
  });
});
