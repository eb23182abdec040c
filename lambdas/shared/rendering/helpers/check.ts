import { single, type Value } from '../values.ts';
import type { Condition, Helper, ValueHelper } from './helper.ts';
import { type Kind, readAs } from './kinds.ts';
import { HELPERS, helperNamed } from './registry.ts';
import { kindAt } from './run.ts';

/** A parameter of a call as its template has it: `literal` when its value is seen there. */
export interface Given {
  readonly literal?: Value;
}

/** A call of a helper as its template has it. */
export interface Written {
  readonly name: string;
  readonly isBlock: boolean;
  readonly params: readonly Given[];
  readonly named: Readonly<Record<string, Given>>;
}

const NUMBER_WORDS = ['no values', 'one value', 'two values', 'three values'];
const counted = (count: number): string => NUMBER_WORDS[count] ?? `${count} values`;

function amount(least: number, most: number): string {
  if (least === most) return counted(least);
  if (most === Number.POSITIVE_INFINITY) return `at least ${counted(least)}`;
  return `${least} to ${counted(most)}`;
}

const countProblems = (count: number, least: number, most: number): string[] =>
  count < least || count > most ? [`takes ${amount(least, most)}; it has ${count} here`] : [];

function nameProblems(named: Written['named'], allowed: readonly string[]): string[] {
  const known =
    allowed.length === 0 ? 'it takes none' : `allowed: ${allowed.map((name) => `${name}=`).join(', ')}`;
  return Object.keys(named)
    .filter((name) => !allowed.includes(name))
    .map((name) => `has no ${name}=; ${known}`);
}

function literalProblems(given: Given, kind: Kind | undefined): string[] {
  const { literal } = given;
  if (kind === undefined || literal === undefined) return [];
  const found = readAs(kind, single(literal) ?? '');
  return typeof found === 'string' ? [`cannot take this: ${found}`] : [];
}

function valueProblems(helper: ValueHelper, { isBlock, params, named, name }: Written): string[] {
  const { needs, endless, params: kinds } = helper;
  return [
    ...(isBlock ? [`is no block: write {{${name} …}}`] : []),
    ...countProblems(params.length, needs, endless ? Number.POSITIVE_INFINITY : kinds.length),
    ...nameProblems(named, Object.keys(helper.named)),
    ...params.flatMap((param, index) => literalProblems(param, kindAt(helper, index))),
    ...Object.entries(named).flatMap(([key, param]) => literalProblems(param, helper.named[key])),
  ];
}

const conditionProblems = ({ least, most }: Condition, { params, named }: Written): string[] => [
  ...countProblems(params.length, least, most),
  ...nameProblems(named, ['yes', 'no']),
];

const loopProblems = ({ isBlock, params, named, name }: Written): string[] => [
  ...(isBlock ? [] : [`is a block: write {{#${name} …}}…{{/${name}}}`]),
  ...countProblems(params.length, 1, 1),
  ...nameProblems(named, []),
];

function problemsOf(helper: Helper, call: Written): string[] {
  switch (helper.is) {
    case 'value':
      return valueProblems(helper, call);
    case 'condition':
      return conditionProblems(helper, call);
    case 'loop':
      return loopProblems(call);
  }
}

/** What is wrong with a call, as far as the template itself shows it. */
export function callProblems(call: Written): string[] {
  const helper = helperNamed(call.name);
  if (!helper) return [`there is no helper ${call.name}; there are: ${HELPERS.join(', ')}`];
  return problemsOf(helper, call).map((problem) => `the helper ${call.name} ${problem}`);
}

/** The kind of value that a helper takes in a place, by position or name. */
export function kindIn(name: string, place: number | string): Kind | undefined {
  const helper = helperNamed(name);
  if (helper?.is !== 'value') return undefined;
  return typeof place === 'number' ? kindAt(helper, place) : helper.named[place];
}
