import { describe, expect, it } from 'vitest';
import type { ErasedPerson } from '../../../lambdas/events/compaction/erased.ts';
import { filingOf } from '../../../lambdas/events/filing.ts';
import { replay } from '../../../lambdas/events/quarantine/replay.ts';
import type { EventRow } from '../../../lambdas/events/row.ts';
import { DAY_MS, lakeTimestamp } from '../../../lambdas/events/time.ts';
import type { ReplayRequest } from '../../../schemas/events/generated/requests.js';
import { countedIds, memoryErrors, memoryQuarantine, memoryStream, pseudonyms } from './support/memory.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const ctx = { actor: 'key', requestId: 'r', now: NOW, deadline: NOW + 1000 };

const row = (id: string, occurredMs = NOW - 5 * DAY_MS): Partial<EventRow> => ({
  event_id: id,
  name: 'page_view',
  occurred_at: lakeTimestamp(occurredMs),
  received_at: lakeTimestamp(occurredMs + 1000),
  user_id: 'u1',
  properties: '{}',
  ...filingOf(occurredMs, occurredMs + 1000),
});
const errorLine = (raw: string) =>
  JSON.stringify({
    errorCode: 'DataFormatConversion.ParseError',
    rawData: Buffer.from(raw).toString('base64'),
  });
const failed = (...ids: string[]) => ids.map((id) => errorLine(JSON.stringify(row(id))));
const KEY = (day: string, name: string) => `errors/events/format-conversion-failed/${day}/${name}`;

function world(files: Record<string, string[]>) {
  const [store, stream, errors] = [memoryQuarantine(), memoryStream(), memoryErrors(files)];
  const deps = {
    store,
    quarantine: store,
    errors,
    stream,
    ids: countedIds(),
    pseudonyms,
    erasures: { erased: async (): Promise<ErasedPerson[]> => [] },
    quarantineDays: 14,
  };
  const sent = () => stream.rows().map(({ event_id: id }) => id);
  return {
    store,
    stream,
    errors,
    sent,
    deps,
    replay: (request: ReplayRequest) => replay(deps, ctx, request),
  };
}
const FIREHOSE: ReplayRequest = { source: 'firehose', from: '2026-11-01' };

describe('a replay of what Firehose could not file', () => {
  it('leaves out who asked to be erased after their event came', async () => {
    const { deps, sent, errors, replay } = world({ [KEY('2026-11-20', 'a')]: failed('e1') });
    const person = { id: 'e', userId: String(row('e1').user_id), turns: [] };
    const receivedMs = Date.parse(`${row('e1').received_at}Z`);
    deps.erasures.erased = async () => [{ ...person, untilMs: receivedMs }];
    expect((await replay(FIREHOSE)).replayed).toBe(0);
    expect([sent(), errors.keys()]).toEqual([[], []]);
  });

  it('puts each row into the stream as arriving now, and removes the file', async () => {
    const occurred = NOW - 9 * DAY_MS;
    const { stream, errors, replay } = world({
      [KEY('2026-11-20', 'a')]: [errorLine(JSON.stringify(row('e1', occurred)))],
    });
    expect(await replay(FIREHOSE)).toEqual({ replayed: 1, quarantined: [], notFound: [], nextToken: null });
    expect(stream.rows()).toEqual([{ ...row('e1', occurred), filed: 'received', day: '2026-11-21' }]);
    expect(errors.keys()).toEqual([]);
  });

  it('takes every line of a record apart, and keeps in quarantine what is no row', async () => {
    const record = `${JSON.stringify(row('e1'))}\n{"half\n${JSON.stringify(row('e2'))}\n`;
    const { store, errors, sent, replay } = world({
      [KEY('2026-11-20', 'a')]: [errorLine(record), 'no error line', errorLine('7')],
    });
    expect((await replay(FIREHOSE)).replayed).toBe(2);
    expect(sent()).toEqual(['e1', 'e2']);
    expect(
      store
        .all()
        .map(({ event, came_by }) => [came_by, event])
        .sort(),
    ).toEqual([
      ['firehose', '7'],
      ['firehose', 'no error line'],
      ['firehose', '{"half'],
    ]);
    expect(errors.keys()).toEqual([]);
  });

  it('takes files of the days that were asked for', async () => {
    const files = {
      [KEY('2026-11-18', 'a')]: failed('e1'),
      [KEY('2026-11-19', 'b')]: failed('e2'),
      [KEY('2026-11-20', 'c')]: failed('e3'),
    };
    const { sent, errors, replay } = world(files);
    await replay({ source: 'firehose', from: '2026-11-19', to: '2026-11-19' });
    expect(sent()).toEqual(['e2']);
    expect(errors.keys()).toEqual([KEY('2026-11-18', 'a'), KEY('2026-11-20', 'c')]);
  });

  it('of a file larger than one call takes a part at a time, each line once', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `e${index}`);
    const { sent, errors, replay } = world({
      [KEY('2026-11-19', 'a')]: failed(...ids.slice(0, 3)),
      [KEY('2026-11-20', 'b')]: failed(...ids.slice(3)),
    });
    let calls = 0;
    for (let nextToken: string | null | undefined; nextToken !== null; calls++)
      nextToken = (await replay({ ...FIREHOSE, ...(nextToken === undefined ? {} : { nextToken }) }))
        .nextToken;
    expect(calls).toBeGreaterThan(2);
    expect(sent().sort()).toEqual([...ids].sort());
    expect(errors.keys()).toEqual([]);
  });

  it('that died before the file was removed sends the same event ids again, which count once', async () => {
    const { deps, errors, sent, replay } = world({ [KEY('2026-11-20', 'a')]: failed('e1', 'e2', 'e3') });
    deps.errors = { ...errors, remove: () => Promise.reject(new Error('killed')) };
    await expect(replay(FIREHOSE)).rejects.toThrow('killed');
    deps.errors = errors;
    await replay(FIREHOSE);
    expect([...new Set(sent())].sort()).toEqual(['e1', 'e2', 'e3']);
    expect(errors.keys()).toEqual([]);
  });
});
