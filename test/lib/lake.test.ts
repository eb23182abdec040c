import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prestoView, viewColumns } from '../../lib/shared/presto-view.ts';
import { parseView, viewFiles } from '../../lib/shared/view-files.ts';
import { resources } from '../support/template.ts';

interface TableInput {
  readonly Name: string;
  readonly TableType: string;
  readonly Parameters: Readonly<Record<string, string>>;
  readonly PartitionKeys: readonly { readonly Name: string; readonly Type: string }[];
  readonly StorageDescriptor: {
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
  };
  readonly ViewOriginalText?: string;
}

const inputs = resources('AWS::Glue::Table').map(({ Properties }) => Properties['TableInput'] as TableInput);
const table = (name: string) => inputs.find(({ Name }) => Name === name);

const VIEW = `-- view: purchases
-- grain: one row a purchase
-- columns:
--   transaction_id  varchar         names the order
--   revenue         decimal(18, 2)  in \`currency\`
--   occurred_at     timestamp(3)    UTC
-- guarantee: a transaction counts once
-- example: SELECT sum(revenue) FROM purchases
SELECT transaction_id, revenue, occurred_at
FROM \${database}.events;
`;
const parsed = () => parseView('lib/events/views/purchases.sql', VIEW);

describe('lake tables', () => {
  it.each([
    ['events_raw', 'schemas/events/events_raw.table.json'],
    ['quarantined_events', 'schemas/events/quarantined_events.table.json'],
    ['ledger_raw', 'schemas/pinpoint/ledger_raw.table.json'],
    ['ledger_compacted', 'schemas/pinpoint/ledger_compacted.table.json'],
  ])('%s has the columns of its schema', (name, file) => {
    const { properties } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8')) as {
      properties: Record<string, { 'x-glue': string }>;
    };
    expect(table(name)?.StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type])).toEqual(
      Object.entries(properties).map(([column, property]) => [column, property['x-glue']]),
    );
  });

  it('are partitioned without registering a day', () => {
    expect(table('events_raw')?.Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.filed.type': 'enum',
      'projection.filed.values': 'occurred,received',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
    });
    const location = table('events_raw')?.Parameters['storage.location.template'];
    expect(JSON.stringify(location)).toContain('/events/filed=${filed}/day=${day}/');
  });

  it('of one piece of work lie where everything expires, and are read by naming the piece', () => {
    const bits = table('segment_bits');
    expect(bits?.Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.resolution.type': 'injected',
    });
    const location = JSON.stringify(bits?.Parameters['storage.location.template']);
    expect(location).toContain('/segment_bits/resolution=${resolution}/');
    expect(location).toContain('LakeWork');
    expect(bits?.PartitionKeys).toEqual([{ Name: 'resolution', Type: 'string' }]);
  });

  it('are partitioned by Firehose exactly as the table says', () => {
    for (const { Properties } of resources('AWS::KinesisFirehose::DeliveryStream')) {
      const name = String(Properties['DeliveryStreamName']).replace('repoint-test-', '');
      const keys = table(`${name}_raw`)?.PartitionKeys.map((key) => key.Name) ?? [];
      const s3 = Properties['ExtendedS3DestinationConfiguration'] as {
        Prefix: string;
        ErrorOutputPrefix: string;
        BufferingHints: { IntervalInSeconds: number };
        ProcessingConfiguration: { Processors: { Type: string; Parameters: { ParameterValue: string }[] }[] };
      };
      expect(s3.Prefix).toBe(
        `${name}/${keys.map((key) => `${key}=!{partitionKeyFromQuery:${key}}`).join('/')}/`,
      );
      expect(s3.ErrorOutputPrefix).toMatch(new RegExp(`^errors/${name}/`));
      expect(s3.BufferingHints.IntervalInSeconds).toBeLessThanOrEqual(180);
      const [split, query] = s3.ProcessingConfiguration.Processors;
      expect(split).toMatchObject({ Type: 'RecordDeAggregation', Parameters: [{ ParameterValue: 'JSON' }] });
      expect(query?.Parameters[0]?.ParameterValue).toBe(`{${keys.map((key) => `${key}:.${key}`).join(',')}}`);
    }
  });
});

describe('a view file', () => {
  it('gives name, columns with their Trino types, and one SELECT', () => {
    expect(parsed()).toMatchObject({
      name: 'purchases',
      grain: 'one row a purchase',
      columns: [
        { name: 'transaction_id', type: 'varchar', comment: 'names the order' },
        { name: 'revenue', type: 'decimal(18, 2)' },
        { name: 'occurred_at', type: 'timestamp(3)' },
      ],
      parts: new Map([
        ['guarantee', 'a transaction counts once'],
        ['example', 'SELECT sum(revenue) FROM purchases'],
      ]),
      sql: 'SELECT transaction_id, revenue, occurred_at\nFROM ${database}.events',
    });
  });

  it('is deployed as the text Athena reads a view from', () => {
    const text = prestoView(parsed(), 'repoint_test', 'Asia/Seoul');
    const encoded = /^\/\* Presto View: (\S+) \*\/$/.exec(text)?.[1] ?? '';
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))).toMatchObject({
      originalSql: 'SELECT transaction_id, revenue, occurred_at\nFROM repoint_test.events',
      catalog: 'awsdatacatalog',
      schema: 'repoint_test',
      columns: [
        { name: 'transaction_id', type: 'varchar' },
        { type: 'decimal(18, 2)' },
        { type: 'timestamp(3)' },
      ],
    });
    expect(viewColumns(parsed()).map(({ type }) => type)).toEqual(['string', 'decimal(18,2)', 'timestamp']);
  });

  it.each([
    ['no name', (text: string) => text.replace('-- view: purchases\n', ''), /"-- view: …"/],
    ['no guarantee', (text: string) => text.replace(/-- guarantee.*\n/, ''), /"-- guarantee: …"/],
    [
      'an example that is no query',
      (text: string) => text.replace('SELECT sum(revenue) FROM purchases', "('t1', 12.00)"),
      /"-- example: …" is a query/,
    ],
    ['no example', (text: string) => text.replace(/-- example.*\n/, ''), /"-- example: …"/],
    ['no columns', (text: string) => text.replace(/-- {3}\w.*\n/g, ''), /no columns/],
    [
      'a column without type',
      (text: string) => text.replace('varchar         names the order', ''),
      /cannot read the column/,
    ],
    [
      'another name than its file',
      (text: string) => text.replace('view: purchases', 'view: orders'),
      /share one name/,
    ],
    ['no SELECT', (text: string) => text.replace(/\nSELECT[\s\S]*/, '\nDROP TABLE events'), /one SELECT/],
  ])('with %s is refused, naming the file', (_what, change, message) => {
    const parse = () => parseView('lib/events/views/purchases.sql', change(VIEW));
    expect(parse).toThrow(message);
    expect(parse).toThrow('lib/events/views/purchases.sql');
  });
});

describe('deployed views', () => {
  it('are those of the tree, with the very text of their files', () => {
    const views = inputs.filter(({ TableType }) => TableType === 'VIRTUAL_VIEW');
    expect(views.map(({ Name }) => Name).sort()).toEqual(
      viewFiles()
        .map(({ name }) => name)
        .sort(),
    );
    for (const view of viewFiles())
      expect(table(view.name)?.ViewOriginalText).toBe(prestoView(view, 'repoint_test', 'Asia/Seoul'));
  });
});
