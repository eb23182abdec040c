import type { EndpointRequest } from '@aws-sdk/client-pinpoint';
import { suggestion } from '../../shared/validation.ts';
import { type Dotted, unflatten } from '../endpoints/dotted.ts';
import { ImportFailure } from './failure.ts';
import type { ImportRecord } from './import-record.ts';

/** What a column's cells become. */
type Kind = 'text' | 'number' | 'list' | 'ignored';
interface Column {
  readonly name: string;
  readonly kind: Kind;
}

const named = (kind: Kind, prefix: string, names: readonly string[]) =>
  names.map((name) => [prefix + name, kind] as const);

/** Pinpoint's dotted names (pinpoint.md §2.4); those an export adds are read over. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...named('text', '', ['Id', 'Address', 'ChannelType', 'EffectiveDate', 'EndpointStatus', 'OptOut']),
  ...named('ignored', '', ['ApplicationId', 'CohortId', 'CreationDate', 'RequestId']),
  ...named('text', 'Demographic.', [
    'AppVersion',
    'Locale',
    'Make',
    'Model',
    'ModelVersion',
    'Platform',
    'PlatformVersion',
    'Timezone',
  ]),
  ...named('text', 'Location.', ['City', 'Country', 'PostalCode', 'Region']),
  ...named('number', 'Location.', ['Latitude', 'Longitude']),
  ...named('text', 'User.', ['UserId']),
]);

const OPEN: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['Attributes.', 'list'],
  ['User.UserAttributes.', 'list'],
  ['Metrics.', 'number'],
];

function column(header: string): Column {
  const name = header.trim();
  const isName = ([prefix]: (typeof OPEN)[number]) => name !== prefix && name !== `${prefix}__proto__`;
  const kind = KINDS.get(name) ?? OPEN.find((open) => name.startsWith(open[0]) && isName(open))?.[1];
  if (kind) return { name, kind };
  const known = [...KINDS.keys(), ...OPEN.map(([prefix]) => `${prefix}<name>`)];
  throw new ImportFailure(
    `The CSV header ${JSON.stringify(name)} is not one of Pinpoint's${suggestion(name, known)}`,
  );
}

/** The columns of a file. A header repeated makes a list of values. Throws ImportFailure for an unknown name. */
export const csvHeader = (headers: readonly string[]): readonly Column[] => headers.map(column);

function put(values: Dotted, { name, kind }: Column, cell: string): string | undefined {
  if (cell === '' || kind === 'ignored') return undefined;
  if (kind === 'list') {
    values[name] = [...((values[name] as readonly string[] | undefined) ?? []), cell];
    return undefined;
  }
  if (kind === 'text') {
    values[name] = cell;
    return undefined;
  }
  const number = Number(cell);
  if (!Number.isFinite(number)) return `${name} is ${JSON.stringify(cell)}; expected a number`;
  values[name] = number;
  return undefined;
}

/** One row of a CSV file; an empty cell is no value. */
export function csvRecord(header: readonly Column[], cells: readonly string[], line: number): ImportRecord {
  if (cells.length !== header.length) {
    return { line, problem: `the row has ${cells.length} cells, the header ${header.length}` };
  }
  const values: Dotted = {};
  const problems = header.flatMap((each, index) => put(values, each, cells[index] ?? '') ?? []);
  if (problems.length > 0) return { line, problem: problems.join('; ') };
  return { line, endpoint: unflatten(values) as EndpointRequest & { Id?: string | undefined } };
}
