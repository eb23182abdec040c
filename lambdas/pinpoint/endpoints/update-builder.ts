import type { Change } from './ports.ts';

/** Writes one DynamoDB update: every name and value goes through a placeholder, for names have dots. */
export class UpdateBuilder {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, unknown> = {};
  readonly #sets: string[] = [];
  readonly #removes: string[] = [];
  readonly #conditions: string[] = [];

  #name(name: string): string {
    const known = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, known);
    return known;
  }

  #value(value: unknown): string {
    const placeholder = `:v${Object.keys(this.#values).length}`;
    this.#values[placeholder] = value;
    return placeholder;
  }

  set(name: string, value: unknown): this {
    this.#sets.push(`${this.#name(name)} = ${this.#value(value)}`);
    return this;
  }

  setIfAbsent(name: string, value: unknown): this {
    const at = this.#name(name);
    this.#sets.push(`${at} = if_not_exists(${at}, ${this.#value(value)})`);
    return this;
  }

  /** Sets one key of a map attribute that exists and, unless it has the key, holds fewer than `max` keys. */
  setIn(map: string, key: string, value: unknown, max: number): this {
    const path = `${this.#name(map)}.${this.#name(key)}`;
    this.#sets.push(`${path} = ${this.#value(value)}`);
    this.#conditions.push(`(attribute_exists(${path}) OR size(${this.#name(map)}) < ${this.#value(max)})`);
    return this;
  }

  remove(name: string): this {
    this.#removes.push(this.#name(name));
    return this;
  }

  change({ set, remove }: Change): this {
    for (const [name, value] of Object.entries(set)) this.set(name, value);
    for (const name of remove) this.remove(name);
    return this;
  }

  mustExist(): this {
    this.#conditions.push(`attribute_exists(${this.#name('pk')})`);
    return this;
  }

  mustBe(name: string, value: unknown): this {
    this.#conditions.push(`${this.#name(name)} = ${this.#value(value)}`);
    return this;
  }

  mustLack(name: string): this {
    this.#conditions.push(`attribute_not_exists(${this.#name(name)})`);
    return this;
  }

  build() {
    const clauses = [
      ...(this.#sets.length > 0 ? [`SET ${this.#sets.join(', ')}`] : []),
      ...(this.#removes.length > 0 ? [`REMOVE ${this.#removes.join(', ')}`] : []),
    ];
    return {
      UpdateExpression: clauses.join(' '),
      ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, at]) => [at, name])),
      ...(Object.keys(this.#values).length > 0 ? { ExpressionAttributeValues: { ...this.#values } } : {}),
      ...(this.#conditions.length > 0 ? { ConditionExpression: this.#conditions.join(' AND ') } : {}),
    };
  }
}
