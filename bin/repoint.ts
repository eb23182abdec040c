import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import cdkJson from '../cdk.json' with { type: 'json' };
import { appStage } from '../lib/app-stage.ts';
import { checkStage } from '../lib/check-config.ts';
import { loadConfig } from '../lib/load-config.ts';
import { bundledCode } from '../lib/shared/deployment.ts';

// The CLI passes cdk.json's context too; without the CLI the templates must come out the same.
const app = new App({ context: cdkJson.context });
const stage = checkStage(String(app.node.tryGetContext('stage') ?? process.env['REPOINT_STAGE'] ?? 'dev'));

appStage(app, { stage, config: await loadConfig(stage), codeOf: bundledCode });

// The quick synths of tests and of the local system skip what takes most of the time: every check of the templates.
if (process.env['CDK_VALIDATION'] !== 'false') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

app.synth();
