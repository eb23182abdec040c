/** docs/data-dictionary.md: every table and view of the lake. */
import type { LakePartition, LakeTable } from '../../lib/shared/glue-columns.ts';
import type { ViewFile } from '../../lib/shared/view-files.ts';
import { block, code, table } from './markdown.ts';

const HEAD = `# Data dictionary

\`npm run docs\` writes this page, from schemas/*/*.table.json and the headers of lib/*/views/*.sql: change those. All of it lies in the Glue database
\`repoint_<stage>\` and is asked through the Athena workgroup \`repoint-<stage>\`, which stops a query beyond its scan limit. The examples of the views are saved there.
Analysts read views: there an event counts once. Timestamps are UTC; \`day\` is a UTC day unless the view says otherwise.`;

/** The page for these tables and views. */
export function dictionaryPage(tables: readonly LakeTable[], views: readonly ViewFile[]): string {
  const contents = table(
    ['view', 'grain'],
    views.map(({ name, grain }) => [`[${name}](#${name})`, grain]),
  );
  const parts = [HEAD, '## Views', contents, ...views.map(viewPart), '## Tables', ...tables.map(tablePart)];
  return `${parts.join('\n\n')}\n`;
}

function viewPart({ file, name, grain, columns, parts }: ViewFile): string {
  const { example = '', ...said } = Object.fromEntries(parts);
  return [
    `### ${name}`,
    `${code(file)}: ${grain}.`,
    columnsOf(columns),
    ...Object.entries(said).map(([part, text]) => `*${part}:* ${text}`),
    block('sql', example),
  ].join('\n\n');
}

function tablePart({ name, description, format, personal, columns, partitions }: LakeTable): string {
  const facts = [
    `Format: ${format}`,
    ...(partitions.length > 0
      ? [`partitioned by ${partitions.map(({ name: key }) => code(key)).join(', ')}`]
      : []),
    ...(personal ? ['may hold personal data'] : []),
  ];
  return [
    `### ${name}`,
    description,
    `${facts.join('; ')}.`,
    columnsOf([...columns, ...partitions.map(partitionColumn)]),
    block('sql', `SELECT * FROM ${name}${predicate(partitions)} LIMIT 10`),
  ].join('\n\n');
}

const columnsOf = (
  columns: readonly { readonly name: string; readonly type: string; readonly comment?: string }[],
): string =>
  table(
    ['column', 'type', 'what'],
    columns.map(({ name, type, comment = '' }) => [code(name), type, comment]),
  );

const partitionColumn = (partition: LakePartition) => ({
  name: partition.name,
  type: partition.type === 'date' ? 'date' : 'string',
  comment: `Partition${partition.type === 'enum' ? `: ${partition.values.join(' or ')}` : '; name it in a predicate'}.`,
});

function predicate(partitions: readonly LakePartition[]): string {
  const terms = partitions.map((partition) =>
    partition.type === 'date'
      ? `${partition.name} = DATE '2026-03-02'`
      : `${partition.name} = '${partition.type === 'enum' ? partition.values[0] : '…'}'`,
  );
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
}
