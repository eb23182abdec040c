import type { Scalar } from '../rule/test.ts';

export interface Told {
  readonly ko: string;
  readonly en: string;
}

/** What a preset leaves to whoever uses it. */
export interface Parameter {
  readonly name: string;
  /** `attribute`: the name of one; `month`: `this`, `next` or 1 to 12. */
  readonly type: 'integer' | 'number' | 'text' | 'attribute' | 'month';
  /** Absent: it must be given. Null: what it stands for is left out of the rule. */
  readonly default?: Scalar | null;
  /** Of numbers, both inclusive; days also end where events are no longer kept. */
  readonly min?: number;
  readonly max?: number;
  readonly unit?: 'days' | 'percent' | 'orders' | 'share' | 'times';
  readonly description: Told;
}

/** A ready-made rule: a file of this folder, in the language of segments, with `{"parameter": name}` where a parameter goes. */
export interface Preset {
  readonly name: string;
  readonly title: Told;
  readonly description: Told;
  readonly parameters: readonly Parameter[];
  readonly rule: object;
}
