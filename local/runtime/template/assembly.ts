import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Stack, Template } from './template.ts';

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** What `cdk synth` left in its output folder: the stacks, and where each uploaded asset lies on this disk. */
export interface Assembly {
  readonly stacks: readonly Stack[];
  /** S3 object key of an asset (as in `Code.S3Key`) → absolute path of its file or folder. */
  readonly assets: ReadonlyMap<string, string>;
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

/** Reads a cloud assembly and the assemblies nested in it (CDK stages). Throws when a file it names is missing. */
export function readAssembly(dir: string): Assembly {
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  const { artifacts = {} } = readJson<Manifest>(join(dir, 'manifest.json'));
  for (const [id, { type, properties = {} }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties.templateFile) {
      const template = readJson<Template>(join(dir, properties.templateFile));
      stacks.push({ name: properties.stackName ?? id, template });
    } else if (type === 'cdk:asset-manifest' && properties.file) {
      for (const [key, path] of assetPaths(join(dir, properties.file))) assets.set(key, path);
    } else if (type === 'cdk:cloud-assembly' && properties.directoryName) {
      const nested = readAssembly(join(dir, properties.directoryName));
      stacks.push(...nested.stacks);
      for (const [key, path] of nested.assets) assets.set(key, path);
    }
  }
  return { stacks, assets };
}

function assetPaths(file: string): [string, string][] {
  const { files = {} } = readJson<AssetManifest>(file);
  return Object.values(files).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(({ objectKey }): [string, string] => [
          objectKey,
          resolve(dirname(file), source.path ?? ''),
        ]),
  );
}
