import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '../../../lambdas/events/arrival.ts';
import { collectEvents } from '../../../lambdas/events/collect-events.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { countedIds, memoryQuarantine, memoryStream, pseudonyms } from './support/memory.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const ctx = { actor: 'key-1', requestId: 'r-1', now: NOW, deadline: NOW + 1000 };
const PUBLIC = arrivalOf({ door: 'public' }, { 'cloudfront-viewer-country': 'KR' }, NOW);

type Sent = Record<string, unknown>;
const good = (more: Sent = {}): Sent => ({
  event_id: randomUUID(),
  name: 'view_item',
  occurred_at: NOW - 1000,
  user_id: 'u1',
  properties: { item_id: 'P1' },
  ...more,
});
const bad = (more: Sent = {}): Sent => good({ properties: { item_name: '코트' }, ...more });

function world(more: object = {}) {
  const quarantine = memoryQuarantine();
  const stream = memoryStream();
  const deps = { quarantine, stream, ids: countedIds(), pseudonyms, ...more };
  return {
    quarantine,
    stream,
    collect: (body: unknown) => collectEvents(deps, ctx, { body, arrival: PUBLIC }),
  };
}
const failing = {
  quarantine: {
    keep: async () => {
      throw new Error('S3 is away');
    },
  },
};

describe('an event that breaks its schema', () => {
  it('is kept whole with its reasons and how it came, and the answer says under which id', async () => {
    const { quarantine, collect } = world();
    const event = bad({ utm: { source: '네이버' } });
    const { errors } = await collect([good(), event]);
    const [kept, ...others] = quarantine.all();
    expect(others).toEqual([]);
    expect(JSON.parse(kept?.event ?? '')).toEqual(event);
    expect(kept).toMatchObject({
      quarantine_id: errors[0]?.quarantine_id,
      event_id: event['event_id'],
      name: 'view_item',
      received_at: '2026-11-21 12:00:00.000',
      came_by: 'public',
      sender: 'key-1',
      request_id: 'r-1',
      country: 'KR',
      reasons: [{ field: 'properties.item_id', message: 'properties.item_id is missing' }],
    });
  });

  it('is kept also when it came by itself and is answered with a validation error', async () => {
    const { quarantine, collect } = world();
    await expect(collect(bad())).rejects.toMatchObject({ code: 'validation', field: 'properties.item_id' });
    expect(quarantine.all()).toHaveLength(1);
  });

  it('is kept whatever it is', async () => {
    const { quarantine, collect } = world();
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    const { errors } = await collect([
      null,
      7,
      'text',
      [],
      bad({ properties: deep }),
      good({ event_id: 'x'.repeat(500) }),
    ]);
    expect(errors.map(({ quarantine_id: id }) => typeof id)).toEqual(Array(6).fill('string'));
    expect(quarantine.all().map(({ event }) => event.slice(0, 6))).toEqual([
      'null',
      '7',
      '"text"',
      '[]',
      'null',
      '{"even',
    ]);
  });

  it('with ten thousand mistakes is kept with the first few reasons', async () => {
    const { quarantine, collect } = world();
    const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`field${index}`, 1]));
    await collect([good(fields)]);
    const [kept] = quarantine.all();
    expect(kept?.reasons.length).toBeLessThanOrEqual(21);
    expect(kept?.reasons.at(-1)?.message).toMatch(/^and \d+ more$/);
    expect(Object.keys(JSON.parse(kept?.event ?? '{}') as object)).toHaveLength(10_005);
  });

  it('leaves room for the answer to all others, however many do and however long their fields are called', async () => {
    const { quarantine, collect } = world();
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}${'한'.repeat(130)}`, 1]));
    const answer = await collect([...Array.from({ length: 499 }, () => good(fields)), good()]);
    expect(answer).toMatchObject({ accepted: 1, rejected: 499 });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4_000_000);
    for (const { message, quarantine_id: id } of answer.errors) {
      expect(message).not.toBe('');
      expect(id).not.toBeNull();
    }
    expect(quarantine.all().map(({ reasons }) => reasons.length)).toEqual(Array(499).fill(20));
  });

  it('names nobody in quarantine when consent to analytics was refused', async () => {
    const { quarantine, collect } = world();
    const refused = {
      consent: { analytics: false },
      anonymous_id: 'kim-a',
      session_id: 'kim-s',
      user_id: 'kim-u',
    };
    await collect([
      bad({
        ...refused,
        name: 'sign_up',
        colour: 'red',
        properties: { user_id: 'kim-u', email: 'kim@example.com', method: 'kakao' },
      }),
      bad({ ...refused, properties: 'kim' }),
      bad({ ...refused, userId: 'kim', device: { deviceId: 'kim' } }),
      ...[false, 'no', { analytics: 'no' }].map((consent) => bad({ ...refused, consent })),
    ]);
    expect(JSON.stringify(quarantine.all())).not.toContain('kim');
    expect(quarantine.all()[0]?.event).toContain('"method":"kakao"');
  });

  it('does not touch quarantine when everything is right', async () => {
    expect((await world(failing).collect([good()])).rejected).toBe(0);
  });
});

describe('when quarantine does not take them', () => {
  it('the good events of the batch are in the stream once, and the others are told as not kept', async () => {
    const { stream, collect } = world(failing);
    const fine = good();
    const { accepted, errors } = await collect([bad(), fine, bad()]);
    expect(accepted).toBe(1);
    expect(stream.rows().map(({ event_id }) => event_id)).toEqual([fine['event_id']]);
    for (const error of errors)
      expect(error).toMatchObject({ code: 'unavailable', quarantine_id: null, field: 'properties.item_id' });
    expect(errors[0]?.message).toMatch(/is missing.*send it again/);
  });

  it('an event by itself may be sent again, since it is neither kept nor accepted', async () => {
    await expect(world(failing).collect(bad())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('a batch that the stream does not take leaves nothing in quarantine: it comes again', async () => {
  const stream = {
    write: async () => {
      throw new RepointError('unavailable', 'busy');
    },
  };
  const { quarantine, collect } = world({ stream });
  await expect(collect([good(), bad()])).rejects.toMatchObject({ code: 'unavailable' });
  expect(quarantine.all()).toEqual([]);
});
