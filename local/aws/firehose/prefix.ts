/** What the expressions of a prefix may ask for. */
export interface PrefixValues {
  /** Epoch ms; Firehose takes the arrival of the oldest record in the file. */
  readonly at: number;
  readonly partition: ReadonlyMap<string, string>;
  readonly errorType?: string;
}

export type Prefix = (values: PrefixValues) => string;

const EXPRESSION = /!\{(\w+):([^}]+)\}/g;

/**
 * Compiles an S3 prefix with Firehose's `!{namespace:value}` expressions; one without any gets the UTC hour behind it.
 * Throws on an expression that is not known here, so that it fails at start and not in a file name.
 */
export function compilePrefix(text: string, partitionKeys: ReadonlySet<string>): Prefix {
  const template = text.includes('!{') ? text : `${text}!{timestamp:yyyy/MM/dd/HH}/`;
  for (const [whole, namespace, value] of template.matchAll(EXPRESSION))
    checkExpression(whole, namespace ?? '', value ?? '', partitionKeys);
  if (template.replace(EXPRESSION, '').includes('!{')) throw new Error(`The prefix ${text} cannot be read`);
  return (values) =>
    template.replace(EXPRESSION, (_, namespace: string, value: string) => evaluate(namespace, value, values));
}

function checkExpression(whole: string, namespace: string, value: string, keys: ReadonlySet<string>): void {
  if (namespace === 'partitionKeyFromQuery' && keys.has(value)) return;
  if (namespace === 'timestamp' && /^(?:yyyy|MM|dd|HH|mm|ss|[^A-Za-z'])+$/.test(value)) return;
  if (namespace === 'firehose' && value === 'error-output-type') return;
  throw new Error(
    `The local Firehose does not know ${whole}; partition keys are ${[...keys].join(', ') || 'none'}`,
  );
}

function evaluate(namespace: string, value: string, { at, partition, errorType }: PrefixValues): string {
  if (namespace === 'timestamp') return formatUtc(value, at);
  return (namespace === 'firehose' ? errorType : partition.get(value)) ?? '';
}

/** Java's `yyyy MM dd HH mm ss` in UTC. */
export function formatUtc(format: string, at: number): string {
  const iso = new Date(at).toISOString();
  const parts: Readonly<Record<string, string>> = {
    yyyy: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
  };
  return format.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => parts[part] ?? part);
}
