import { vi } from 'vitest';

/** A figure as CloudWatch would take it from a log line (embedded metric format). */
export interface Told {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Emf extends Readonly<Record<string, unknown>> {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

/**
 * What `load` imports, as the function of that name would load it: it takes its name for its figures when their module is
 * loaded. All that works together is to be imported there, for none of it is shared with what was loaded before.
 */
export async function loadedAs<Loaded>(service: string, load: () => Promise<Loaded>): Promise<Loaded> {
  vi.resetModules();
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', service);
  try {
    return await load();
  } finally {
    vi.unstubAllEnvs();
    vi.resetModules();
  }
}

/** The figures that are told while `work` is under way: what a function writes to its log. */
export async function toldDuring(work: () => Promise<unknown>): Promise<readonly Told[]> {
  const lines: string[] = [];
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await work();
  } finally {
    write.mockRestore();
    vi.unstubAllEnvs();
  }
  return lines.flatMap((text) => text.split('\n')).flatMap(figuresOf);
}

function figuresOf(line: string): Told[] {
  if (!line.includes('"_aws"')) return [];
  const emf = JSON.parse(line) as Emf;
  return (emf._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        // One figure, or all of one name.
        value: [emf[Name]]
          .flat()
          .map(Number)
          .reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
        dimensions: Object.fromEntries(names.map((name) => [name, String(emf[name])])),
      })),
    ),
  );
}
