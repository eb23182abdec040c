import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
/** A path of the tree: it begins with one of its folders and has no placeholder in it. */
const PATH = /(?<![\w./-])((?:bin|lib|lambdas|schemas|test|local|bench|scripts|docs|web)\/[\w./-]*[\w/])/g;
const SCRIPT = /npm run ([\w:-]+)/g;

const found = (pattern: RegExp) =>
  DOCS.flatMap((doc) =>
    [...readFileSync(join(ROOT, doc), 'utf8').matchAll(pattern)].map(([, name = '']) => ({ doc, name })),
  );

describe('the documents', () => {
  it('name no file or folder that is not there', () => {
    const missing = found(PATH).filter(({ name }) => !existsSync(join(ROOT, name)));
    expect(missing).toEqual([]);
  });

  it('name no script that is not there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    expect(found(SCRIPT).filter(({ name }) => !(name in scripts))).toEqual([]);
  });
});

describe('the lock file', () => {
  it('records no registry address', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('holds every optional package it names: `npm ci` refuses a lock that leaves one out', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    const locked = Object.keys(packages);
    expect(named.filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
  });

  it('is committed, and generated files are not', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
    expect(files).toContain('package-lock.json');
    expect(files.filter((file) => /(^|\/)(generated|dist|cdk\.out|\.local)\//.test(file))).toEqual([]);
  });
});
