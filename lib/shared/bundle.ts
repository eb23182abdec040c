import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRY = /^([a-z-]+)\.lambda\.ts$/;

/** Some CommonJS dependencies call `require` at run time; an ES module has none of its own. */
const REQUIRE_BANNER = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`;

/** Packages that load a file beside their code (WebAssembly): they lie whole beside the bundle of who uses them. */
const WHOLE_PACKAGES = ['mrml'];

/**
 * Modules that few requests need and that take long to load, by the name under which they are imported (package.json, "imports"): each is
 * a file beside the bundle of who uses it, read when it is asked for.
 */
const LOADED_LATER = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    imports: Readonly<Record<string, string>>;
  }
).imports;

/** How a function is bundled, but for where to and how small; the benches bundle what they measure in the same way. */
export const FUNCTION_SETTINGS = {
  bundle: true,
  keepNames: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE_BANNER },
  logLevel: 'warning',
  // Handlebars asks for source-map to trace compiled templates and does without: nobody traces them here.
  external: ['source-map', ...WHOLE_PACKAGES, ...Object.keys(LOADED_LATER)],
} satisfies BuildOptions;

export interface Bundle {
  /** `<domain>-<entry>`, e.g. `campaigns-api` for lambdas/campaigns/api.lambda.ts. */
  readonly name: string;
  /** Minified size of index.mjs, in bytes. */
  readonly bytes: number;
}

/** Where a function's code lies after bundling; the handler is always `index.handler`. */
export const bundlePath = (name: string): string => join(ROOT, 'dist', name);

/** Every entry of the tree as `{ name, file }`, sorted: the tree itself is the list of functions. */
export function functionEntries(): { name: string; file: string }[] {
  const lambdas = join(ROOT, 'lambdas');
  return readdirSync(lambdas)
    .filter((domain) => statSync(join(lambdas, domain)).isDirectory())
    .flatMap((domain) =>
      readdirSync(join(lambdas, domain)).flatMap((file) => {
        const entry = ENTRY.exec(file)?.[1];
        return entry ? [{ name: `${domain}-${entry}`, file: join(lambdas, domain, file) }] : [];
      }),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** All functions in one esbuild call (one call for thirty takes seconds, thirty calls take half a minute), into `dist/` or another folder. */
export function bundleFunctions(outdir = join(ROOT, 'dist')): Bundle[] {
  const entries = functionEntries();
  const result = buildSync({
    absWorkingDir: ROOT,
    entryPoints: entries.map(({ name, file }) => ({ in: file, out: join(name, 'index') })),
    outdir,
    outExtension: { '.js': '.mjs' },
    ...FUNCTION_SETTINGS,
    minify: true,
    metafile: true,
    legalComments: 'none',
  });
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    for (const { path } of output.imports.filter(({ path }) => WHOLE_PACKAGES.includes(path)))
      cpSync(join(ROOT, 'node_modules', path), join(dirname(resolve(ROOT, file)), 'node_modules', path), {
        recursive: true,
      });
  }
  for (const [name, file] of Object.entries(LOADED_LATER)) {
    const users = Object.entries(result.metafile.outputs).filter(([, { imports }]) =>
      imports.some(({ path }) => path === name),
    );
    putBeside(
      name,
      file,
      users.map(([output]) => dirname(resolve(ROOT, output))),
    );
  }
  const sizes = new Map(
    Object.entries(result.metafile.outputs).map(([file, output]) => [resolve(ROOT, file), output.bytes]),
  );
  return entries.map(({ name }) => ({ name, bytes: sizes.get(join(outdir, name, 'index.mjs')) ?? 0 }));
}

/** Bundles a module that is loaded later into each folder, where its name leads to it. */
function putBeside(name: string, file: string, [first, ...others]: readonly string[]): void {
  if (first === undefined) return;
  const module = `${basename(file, '.ts')}.mjs`;
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [file],
    outfile: join(first, module),
    ...FUNCTION_SETTINGS,
    minify: true,
    legalComments: 'none',
  });
  const told = JSON.stringify({ type: 'module', imports: { [name]: `./${module}` } });
  for (const folder of [first, ...others]) {
    if (folder !== first) cpSync(join(first, module), join(folder, module));
    writeFileSync(join(folder, 'package.json'), told);
  }
}
