import type { Problem } from '../../shared/errors.ts';
import type { Moment } from './dates.ts';

/** A property of an event, as the tracking plan has it. */
export interface KnownProperty {
  /** What it holds, in the words of JSON Schema. */
  readonly type: string;
  readonly description?: string;
  /** Replaced by a keyed hash, or dropped, before it reaches the lake: only `exists` can be asked of the first, nothing of the second. */
  readonly personal?: 'hash' | 'drop';
}

export interface KnownEvent {
  readonly description: string;
  /** By name; those of `items` as `items.<name>`. */
  readonly properties: Readonly<Record<string, KnownProperty>>;
}

/** What a rule may name. What is undefined is not checked. */
export interface Known {
  /** The tracking plan, by event. */
  readonly events: Readonly<Record<string, KnownEvent>>;
  /** Events are kept so many days. */
  readonly retentionDays: number;
  readonly moment: Moment;
  /** Attributes that members have; while no member has any, every name may be one. */
  readonly attributes?: ReadonlySet<string>;
  readonly segments?: readonly string[];
  readonly lists?: readonly string[];
  /** What is wrong with an analyst's SELECT; the problems' fields are not looked at. */
  checkSql?(text: string): readonly Problem[];
}
