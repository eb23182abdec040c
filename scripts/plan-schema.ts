export interface PlanSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, PlanSchema>>;
  readonly items?: PlanSchema;
  readonly 'x-version'?: number;
  readonly 'x-recommended'?: readonly string[];
  readonly 'x-pii'?: boolean | string;
  readonly [keyword: string]: unknown;
}

/** A property that does not reach the lake as it was sent; `[]` in a path stands for each entry of a list. */
export interface PersonalProperty {
  readonly path: readonly string[];
  readonly as: 'hash' | 'drop';
}
