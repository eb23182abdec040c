import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';
import { compactionFixture, DAY_MS, NOW } from './support.ts';

const lake = lakeFixture('member_actions', 'namings', 'turns_by_version', 'pieces_by_version');
const { empty, files, night } = compactionFixture(lake);

interface Told {
  readonly id: string;
  readonly atMs: number;
  readonly browser: string;
  readonly user: string | undefined;
  /** It came in the days before the first night, long after it happened. */
  readonly late: boolean;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const stamp = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

const line = ({ id, atMs, browser, user, late }: Told, arrived: number) =>
  eventLine({
    event_id: id,
    occurred_at: stamp(atMs),
    received_at: stamp(late ? arrived : atMs),
    anonymous_id: browser,
    ...(user === undefined ? {} : { user_id: user }),
    ...(late ? { filed: 'received', day: day(arrived), late: true } : {}),
  });

/** Read from spec §1 alone: an anonymous event is of who is named next in its browser. */
function ownerOf(event: Told, all: readonly Told[]): string | null {
  if (event.user !== undefined) return event.user;
  const [next] = all
    .filter((one) => one.browser === event.browser && one.user !== undefined && one.atMs >= event.atMs)
    .sort((a, b) => a.atMs - b.atMs || ((a.user ?? '') < (b.user ?? '') ? -1 : 1));
  return next?.user ?? null;
}

const shown = async (): Promise<string[]> =>
  (await lake.query('SELECT event_id, member FROM member_actions'))
    .map(([id, member]) => `${id} ${member ?? null}`)
    .sort();

const FIRST = Date.parse('2026-03-01T00:00:00Z');
/** Few hours of few days, so that turns meet, and times that are the same. */
const worlds = fc
  .array(
    fc.record({
      day: fc.integer({ min: 0, max: 1 }),
      hour: fc.integer({ min: 8, max: 15 }),
      browser: fc.constantFrom('b1', 'b1', 'b1', 'b2'),
      user: fc.constantFrom(undefined, 'u1', 'u1', 'u2'),
      late: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 6, maxLength: 24 },
  )
  .map((events) =>
    events.map(
      (one, index): Told => ({
        id: `e${index}`,
        atMs: FIRST + one.day * DAY_MS + one.hour * 3_600_000,
        browser: one.browser,
        user: one.user,
        late: one.late,
      }),
    ),
  );

/** Somebody is named late between two times that another was: of whom the day keeps the second. */
const LATE_BETWEEN: Told[] = (
  [
    [8, undefined],
    [9, 'u1'],
    [10, 'u2'],
    [11, 'u1'],
  ] as const
).map(([hour, user]) => ({
  id: `e${hour}`,
  atMs: FIRST + hour * 3_600_000,
  browser: 'b1',
  user,
  late: user === 'u2',
}));

/** All of it takes minutes. */
const LONG_MS = WHOLE ? 20 * 60_000 : 120_000;

describe('who was named on closed days', () => {
  it(
    'is told by the turns that are kept as by all events, whatever comes late and however days are compacted',
    async () => {
      await fc.assert(
        fc.asyncProperty(worlds, fc.boolean(), async (world, lateFirst) => {
          empty();
          const expected = world.map((event) => `${event.id} ${ownerOf(event, world)}`).sort();
          const [late, inTime] = [world.filter((one) => one.late), world.filter((one) => !one.late)];
          const arrived = NOW - DAY_MS;
          const write = (events: readonly Told[]) =>
            lake.write(
              'events_raw',
              events.map((one) => line(one, arrived)),
            );
          if (inTime.length > 0) await write(inTime);
          if (lateFirst && late.length > 0) await write(late);
          await night();
          if (!lateFirst && late.length > 0) await write(late);
          expect(await shown()).toEqual(expected);
          for (let nights = 0; nights < 3; nights++) await night();
          expect(await shown()).toEqual(expected);
        }),
        { numRuns: WHOLE ? 60 : 4, examples: [[LATE_BETWEEN, false]] },
      );
    },
    LONG_MS,
  );

  it('are a row for each turn of a compacted day, and go with the rows they were made of', async () => {
    const at = (hour: string) => Date.parse(`2026-03-02T${hour}:00:00Z`);
    const named = (id: string, hour: string, user: string): Told => ({
      id,
      atMs: at(hour),
      browser: 'b1',
      user,
      late: false,
    });
    const write = (...told: Told[]) =>
      lake.write(
        'events_raw',
        told.map((one) => line(one, NOW)),
      );
    await write(
      named('1', '08', 'u1'),
      named('2', '09', 'u1'),
      named('3', '10', 'u2'),
      named('4', '11', 'u1'),
    );
    await night();
    const turns = 'SELECT user_id, occurred_at FROM identity_turns ORDER BY occurred_at';
    expect(await lake.query(turns)).toEqual([
      ['u1', '2026-03-02 09:00:00.000'],
      ['u2', '2026-03-02 10:00:00.000'],
      ['u1', '2026-03-02 11:00:00.000'],
    ]);
    await write(named('5', '12', 'u3'));
    await night();
    await night();
    await night();
    const versions = async (folder: string, at: number) =>
      new Set((await files(folder)).map((key) => key.split('/')[at]));
    expect(await versions('identity_turns/', 2)).toEqual(await versions('events_compacted/', 3));
    expect(await lake.query('SELECT count(*) FROM namings')).toEqual([['4']]);
    await night({}, 5);
    expect(await files('identity_turns/')).toEqual([]);
  });
});
