/** Turns rows of a CSV into events by a mapping that is data (bench/*.mapping.json). */
import { createHash } from 'node:crypto';

export type Row = Readonly<Record<string, string>>;

interface Field {
  /** Dotted path in the event or its properties. */
  readonly to: string;
  readonly from?: string;
  /** Columns joined with "/". */
  readonly joined?: readonly string[];
  readonly as?: 'number';
  /** A constant, or what stands in for an empty column. */
  readonly value?: string | number;
}

interface Rule {
  /** Column → exact value, or "*" for any that is not empty. */
  readonly when: Readonly<Record<string, string>>;
  readonly name: string;
  readonly properties: readonly Field[];
}

export interface Mapping {
  /** Columns that identify a row; the event id is derived from them. */
  readonly key: readonly string[];
  readonly envelope: readonly Field[];
  readonly rules: readonly Rule[];
}

export type MappedEvent = Record<string, unknown> & { event_id: string; name: string };

/** A UUID (version 8, custom) made of a name's SHA-256, so that the same row is the same event for ever. */
export function derivedUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const joined = (row: Row, columns: readonly string[]): string =>
  columns.map((column) => row[column] ?? '').join('/');

function fieldValue(field: Field, row: Row): string | number | undefined {
  if (field.joined) return joined(row, field.joined);
  const text = field.from === undefined ? '' : (row[field.from] ?? '');
  if (text === '') return field.value;
  return field.as === 'number' ? Number(text) : text;
}

function place(target: Record<string, unknown>, field: Field, row: Row): void {
  const value = fieldValue(field, row);
  if (value === undefined) return;
  const path = field.to.split('.');
  const leaf = path.pop() ?? field.to;
  let node = target;
  for (const key of path) {
    node[key] ??= {};
    node = node[key] as Record<string, unknown>;
  }
  node[leaf] = value;
}

const holds = (rule: Rule, row: Row): boolean =>
  Object.entries(rule.when).every(([column, wanted]) =>
    wanted === '*' ? row[column] !== '' : row[column] === wanted,
  );

/** The event of a row. Throws for a row that no rule takes: nothing is left out in silence. */
export function mapRow(mapping: Mapping, row: Row): MappedEvent {
  const rule = mapping.rules.find((candidate) => holds(candidate, row));
  if (!rule) throw new Error(`No rule takes the row ${joined(row, mapping.key)}`);
  const properties: Record<string, unknown> = {};
  for (const field of rule.properties) place(properties, field, row);
  const event: MappedEvent = { event_id: derivedUuid(joined(row, mapping.key)), name: rule.name, properties };
  for (const field of mapping.envelope) place(event, field, row);
  return event;
}
