import { resources } from '../support/template.ts';
import { textOf } from './resolved.ts';

/** What the Lambda runtime itself adds to the environment, as far as the SDK reads it. */
export const RUNTIME = {
  AWS_REGION: 'ap-northeast-2',
  AWS_LAMBDA_FUNCTION_NAME: 'boot',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  NODE_NO_WARNINGS: '1',
};

/** The environment of each function's template, by the function's name. */
export const environments: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(
  resources('AWS::Lambda::Function').map(({ Properties, stack }) => {
    const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
    const entries = Object.entries(Variables).map(([key, value]) => [key, textOf(value, stack)]);
    return [
      String(Properties['FunctionName']).replace('repoint-test-', ''),
      Object.fromEntries(entries) as Record<string, string>,
    ];
  }),
);
