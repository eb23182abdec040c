import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { event, type Flow } from './support.ts';

interface Page {
  readonly result: readonly {
    quarantine_id: string;
    came_by: string;
    event: string;
    reasons: { message: string }[];
  }[];
  readonly nextToken: string | null;
}

/** Events that are not accepted. Its members are called `q…`. */
export function quarantine(flow: () => Flow): void {
  const list = async (query: string): Promise<Page> =>
    (await flow().api.must([200], 'GET', `/v1/events/quarantine?${query}`)).body as unknown as Page;
  const replay = (body: unknown, headers = {}) =>
    flow().api.must([200], 'POST', '/v1/events/quarantine/replay', body, headers);

  describe('an event that breaks its schema', () => {
    it('is told with its quarantine id, listed, found by SQL, and stays when a replay refuses it again', async () => {
      const bad = event('review_view', 'q1', { Rating: 5 });
      const { body } = await flow().api.must([207], 'POST', '/v1/events', [event('page_view', 'q1'), bad]);
      const [error] = body['errors'] as { quarantine_id: string }[];
      const id = error?.quarantine_id ?? '';
      const { result } = await list('name=review_view&reason=Rating');
      expect(result).toMatchObject([{ quarantine_id: id, came_by: 'private', event: JSON.stringify(bad) }]);

      const rows = await flow().sql(
        `SELECT event_id, reasons[1].field AS field FROM quarantined_events WHERE quarantine_id = '${id}'`,
      );
      expect(rows).toEqual([{ event_id: bad.event_id, field: 'properties.Rating' }]);

      const unknown = id.replace(/-\d+$/, '-499');
      const key = { 'idempotency-key': `q-${id}` };
      const first = await replay({ ids: [id, unknown] }, key);
      expect(first.body).toMatchObject({
        replayed: 0,
        quarantined: [{ quarantine_id: id }],
        notFound: [unknown],
      });
      expect((await replay({ ids: [id, unknown] }, key)).body).toEqual(first.body);
    });

    it('is told, and kept, with everything that is wrong with it', async () => {
      const bad = {
        ...event('add_to_cart', 'q0', { item_id: 7, price: '9' }),
        occurred_at: 'today',
        colour: 'red',
      };
      const { body } = await flow().api.must([207], 'POST', '/v1/events', [event('page_view', 'q0'), bad]);
      const wrong = [
        'colour',
        'occurred_at',
        'properties.item_id',
        'properties.price',
        'properties.quantity',
      ];
      const fields = (problems: readonly { field?: string }[] = []) =>
        problems.map(({ field }) => field).sort();
      const [told] = body['errors'] as { problems: { field: string }[] }[];
      expect(fields(told?.problems)).toEqual(wrong);
      const [kept] = (await list('name=add_to_cart&reason=colour')).result;
      expect(fields(kept?.reasons as { field?: string }[])).toEqual(wrong);
    });

    it('pages with a token, which must not be tampered with', async () => {
      await flow().api.must([207], 'POST', '/v1/events', [7, 8, 9]);
      const first = await list('limit=2');
      const second = await list(`limit=2&nextToken=${first.nextToken}`);
      const seen = [...first.result, ...second.result].map(({ quarantine_id: id }) => id);
      expect(new Set(seen).size).toBe(seen.length);
      await flow().api.must([400], 'GET', `/v1/events/quarantine?limit=2&nextToken=x${first.nextToken}`);
    });
  });

  it('a poison line in the stream goes to quarantine; what stands beside and behind it is counted once', async () => {
    const { system, api, sql } = flow();
    for (const user of ['q2', 'q3']) await api.must([202], 'POST', '/v1/events', event('page_view', user));
    await system.flush();
    const rows = await sql("SELECT * FROM events_raw WHERE user_id IN ('q2', 'q3')");
    /** What Athena has no value for is an empty text in its answer, and absent from a line. */
    const told = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
    );
    /** The rows once more, as events of their own. */
    const lines = () =>
      told.map((row) =>
        JSON.stringify({
          ...row,
          event_id: event('', '').event_id,
          late: false,
          bot: false,
          schema_version: 1,
        }),
      );
    const kinesis = new KinesisClient({
      endpoint: system.aws['kinesis'] ?? '',
      region: 'ap-northeast-2',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const [one, other] = lines();
    const poisoned = `${one}\n{"poison": q\n${other}\n`;
    const records = [poisoned, poisoned, `${lines().join('\n')}\n`];
    await kinesis.send(
      new PutRecordsCommand({
        StreamName: system.names['stream:events'] ?? '',
        Records: records.map((text) => ({ PartitionKey: 'k0', Data: Buffer.from(text) })),
      }),
    );
    kinesis.destroy();
    await system.flush();
    for (const user of ['q2', 'q3']) {
      const { body } = await api.must([200], 'GET', `/v1/members/${user}`);
      expect(body).toMatchObject({ result: { state: { events: { page_view: 3 } } } });
    }
    const { result } = await list('reason=no%20JSON');
    expect(result).toMatchObject([{ came_by: 'stream', event: '{"poison": q' }]);
    const { body } = await replay({
      source: 'firehose',
      from: new Date(system.clock.now() - 86_400_000).toISOString(),
    });
    expect(body['replayed']).toBe(0);
    expect((await list('reason=Firehose')).result).toMatchObject([
      { came_by: 'firehose', event: '{"poison": q' },
    ]);
  });
}
