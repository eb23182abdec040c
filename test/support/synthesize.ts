import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { appStage } from '../../lib/app-stage.ts';
import { checkConfig } from '../../lib/check-config.ts';
import type { RepointConfig } from '../../lib/config.ts';
import type { Template } from './template.ts';

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
    kakao: { providerUrl: 'https://kakao.example.com/messages' },
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

// As a program it writes the templates of the stage `test` to the file it is given.
if (process.argv[1] === import.meta.filename) {
  const file = process.argv[2] ?? '';
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(synthesize()));
  renameSync(`${file}.${process.pid}`, file);
}
