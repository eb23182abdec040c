/**
 * Synthesises as a deployment would, with CloudFormation validation and cdk-nag on, and says in one line what came
 * of it: `npm run synth:check [-- -c stage=prod]`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Report {
  readonly pluginReports: readonly { readonly violations?: readonly { readonly severity?: string }[] }[];
}

const outdir = mkdtempSync(join(tmpdir(), 'repoint-synth-'));
const read = <T>(file: string): T => JSON.parse(readFileSync(join(outdir, file), 'utf8')) as T;

function counted(): { stacks: number; resources: number; findings: number } {
  const templates = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
  const resources = templates.map((file) => Object.keys(read<{ Resources: object }>(file).Resources).length);
  const report = existsSync(join(outdir, 'validation-report.json'))
    ? read<Report>('validation-report.json').pluginReports
    : [];
  return {
    stacks: templates.length,
    resources: resources.reduce((sum, count) => sum + count, 0),
    findings: report.flatMap(({ violations }) => violations ?? []).length,
  };
}

const { CDK_VALIDATION: _off, ...env } = process.env;
const started = Date.now();
const { status } = spawnSync(
  'npx',
  ['--no-install', 'cdk', 'synth', '--quiet', '--no-notices', '--output', outdir, ...process.argv.slice(2)],
  { stdio: 'inherit', env },
);
const { stacks, resources, findings } = counted();
rmSync(outdir, { recursive: true });
const clean = status === 0 && findings === 0 && stacks > 0;
console.log(
  `synth ${clean ? 'passed' : 'FAILED'}: ${stacks} stacks, ${resources} resources, ${findings} findings of CloudFormation validation and cdk-nag, ${Math.round((Date.now() - started) / 1000)} s`,
);
process.exitCode = clean ? 0 : 1;
