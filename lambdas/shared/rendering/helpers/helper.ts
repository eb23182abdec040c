import type { RenderContext } from '../context.ts';
import type { Boxed, Value } from '../values.ts';
import type { Kind, Kinds } from './kinds.ts';

type Params<Types extends readonly Kind[]> = { [Index in keyof Types]: Kinds[Types[Index]] | undefined };
type Named<Types extends Readonly<Record<string, Kind>>> = { [Name in keyof Types]?: Kinds[Types[Name]] };
type Nothing = Readonly<Record<string, never>>;

/** A helper that makes a value of values. */
export interface ValueHelper<
  Types extends readonly Kind[] = readonly Kind[],
  Names extends Readonly<Record<string, Kind>> = Readonly<Record<string, Kind>>,
> {
  readonly is: 'value';
  readonly params: Types;
  /** How many of the parameters must be there. When the value of one of these is missing, the helper gives nothing. */
  readonly needs: number;
  /** Further parameters are of the last one's kind. */
  readonly endless: boolean;
  readonly named: Names;
  /** What stands for a missing value: this parameter, as in Handlebars.java. */
  readonly otherwise?: number;
  /** Whether `run` wants to know of a missing value itself. */
  readonly takesMissing: boolean;
  readonly run: (params: Params<Types>, named: Named<Names>, context: RenderContext) => Value | Boxed;
}

/** A helper that decides: inline between `yes=` and `no=`, as a block between its two parts. */
export interface Condition {
  readonly is: 'condition';
  readonly least: number;
  readonly most: number;
  readonly decide: (values: readonly Value[]) => boolean;
}

/** `each`: what it does is Handlebars' own matter (helpers/each.ts). */
export interface Loop {
  readonly is: 'loop';
}

export type Helper = ValueHelper | Condition | Loop;

interface Definition<Types extends readonly Kind[], Names extends Readonly<Record<string, Kind>>> {
  readonly params: Types;
  readonly needs?: number;
  readonly endless?: boolean;
  readonly named?: Names;
  readonly otherwise?: number;
  readonly takesMissing?: boolean;
  readonly run: ValueHelper<Types, Names>['run'];
}

/** A value helper from its definition; all parameters are needed unless it says how many are. */
export const helper = <
  const Types extends readonly Kind[],
  const Names extends Readonly<Record<string, Kind>> = Nothing,
>({
  params,
  needs = params.length,
  endless = false,
  takesMissing = false,
  named,
  ...rest
}: Definition<Types, Names>): ValueHelper =>
  // The kinds that `run` is called with are those that were read (run.ts).
  ({
    is: 'value',
    params,
    needs,
    endless,
    takesMissing,
    named: named ?? {},
    ...rest,
  }) as unknown as ValueHelper;

export const condition = (
  least: number,
  most: number,
  decide: (values: readonly Value[]) => boolean,
): Condition => ({ is: 'condition', least, most, decide });
