import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { appStage } from '../../lib/app-stage.ts';
import { checkConfig } from '../../lib/check-config.ts';
import type { RepointConfig } from '../../lib/config.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
}

export const TEST_CONFIG: RepointConfig = {
  account: '111122223333',
  region: 'ap-northeast-2',
  allowedCidrs: ['203.0.113.0/24', '198.51.100.7/32'],
  alarmEmail: 'ops@example.com',
  streamShards: 4,
  channels: {
    push: { applicationId: '0123456789abcdef0123456789abcdef' },
    email: { fromAddress: 'news@example.com' },
    sms: { originationIdentity: 'phone-0123456789abcdef0123456789abcdef' },
  },
};

/** The templates of a stage by stack name, as the deployment would upload them; no bundle is needed. */
export function synthesize(stage = 'test', config: RepointConfig = TEST_CONFIG): Record<string, Template> {
  process.env['CDK_VALIDATION'] = 'false';
  const app = new App({ context: cdkJson.context, outdir: mkdtempSync(join(tmpdir(), 'repoint-synth-')) });
  appStage(app, {
    stage,
    config: checkConfig(config),
    codeOf: () => Code.fromInline('exports.handler = async () => undefined;'),
  });
  return Object.fromEntries(app.synth().stacks.map(({ id, template }) => [id, template as Template]));
}

let cached: Record<string, Template> | undefined;

/** The templates of the stage `test`, synthesized once a process. */
export function templates(): Record<string, Template> {
  cached ??= synthesize();
  return cached;
}

/** Every resource of a CloudFormation type in all stacks of the stage `test`, with its stack and logical id. */
export function resources(type: string): (Resource & { readonly stack: string; readonly id: string })[] {
  return Object.entries(templates()).flatMap(([stack, template]) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ ...resource, stack, id })),
  );
}
