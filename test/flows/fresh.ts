import { expect, it } from 'vitest';
import { event, type Flow, unlike, until } from './support.ts';

type Json = Record<string, unknown>;

const MINUTE_MS = 60_000;
/** Spec §3. */
const PROMISED_MS = 5 * MINUTE_MS;

/** How soon segments know what happened. It moves the clock: it goes beside nothing else. */
export function fresh(flow: () => Flow): void {
  const result = async (statuses: number[], method: string, path: string, body?: unknown): Promise<Json> =>
    (await flow().api.must(statuses, method, path, body)).body['result'] as Json;
  const now = () => flow().system.clock.now();

  /** Who is in the segment, by a resolution asked for now. */
  async function membersOf(segment: string): Promise<{ id: string; userIds: unknown }> {
    const path = `/v1/segments/${encodeURIComponent(segment)}`;
    const { id } = await result([202], 'POST', `${path}/resolutions`);
    const done = await until(
      () => result([200], 'GET', `${path}/resolutions/${id}`),
      ({ state }) => state === 'ready' || state === 'failed',
    );
    expect(done).toMatchObject({ state: 'ready' });
    const { body } = await flow().api.must([200], 'GET', `${path}/members`);
    return { id: String(id), userIds: body['result'] };
  }

  it('knows of an event within five minutes of its answer, and of an attribute at the next minute', async () => {
    const [item, userId, grade] = [unlike('fresh-item'), unlike('fresh'), unlike('FRESH')];
    const [bought, graded] = [unlike('방금 담은').replace(' ', '-'), unlike('등급')];
    const did = { did: 'add_to_cart', where: [{ property: 'item_id', is: item }], inTheLastHours: 24 };
    await flow().api.must([200], 'PUT', `/v1/members/${userId}`, { attributes: { grade: 'NONE' } });
    await flow().api.must([201], 'PUT', `/v1/segments/${encodeURIComponent(bought)}`, { rule: did });
    const rule = { attribute: 'grade', is: grade };
    await flow().api.must([201], 'PUT', `/v1/segments/${encodeURIComponent(graded)}`, { rule });
    // All that follows up to the next leap happens within one minute of the clock.
    flow().system.clock.advance(MINUTE_MS - (now() % MINUTE_MS) + 1);
    const before = await membersOf(bought);
    expect(before.userIds).toEqual([]);
    expect((await membersOf(graded)).userIds).toEqual([]);

    const cart = event('add_to_cart', userId, { item_id: item, quantity: 1 }, now());
    await flow().api.must([202], 'POST', '/v1/events', { events: [cart] });
    await flow().api.must([200], 'PUT', `/v1/members/${userId}`, { attributes: { grade } });
    const posted = now();

    let found: unknown = [];
    for (let minute = 1; minute < 5 && (found as unknown[]).length === 0; minute++) {
      // The local Firehose writes by the machine's own clock.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      flow().system.clock.advance(MINUTE_MS);
      if (minute === 1) expect((await membersOf(graded)).userIds).toEqual([userId]);
      found = (await membersOf(bought)).userIds;
    }
    expect(found).toEqual([userId]);
    expect(now() - posted).toBeLessThanOrEqual(PROMISED_MS);
  });
}
