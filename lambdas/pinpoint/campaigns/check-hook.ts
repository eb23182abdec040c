import type { CampaignHook } from '@aws-sdk/client-pinpoint';
import { notYet, notYetIn } from './checks.ts';

const NAME = '[A-Za-z0-9_-]{1,64}';
const QUALIFIER = '(?::(?:\\$LATEST|[A-Za-z0-9_-]{1,128}))?';
/** A function's name, or its ARN, each with a version or alias if need be. */
const FUNCTION = new RegExp(`^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:\\d{12}:function:)?${NAME}${QUALIFIER}$`);

/** Whether the text can name a Lambda function; whether there is one shows when it is called. */
export const namesFunction = (text: string): boolean => FUNCTION.test(text);

export const FUNCTION_FORM =
  'the name of a Lambda function or its ARN (arn:aws:lambda:<region>:<account>:function:<name>)';

/** What is wrong with a hook. `member`: `Hook` of a campaign, `CampaignHook` of an application. */
export function hookProblems(member: string, hook: CampaignHook | undefined): string[] {
  if (!hook) return [];
  const { LambdaFunctionName: name, Mode: mode = 'FILTER' } = hook;
  const problems: string[] = [];
  if (name === undefined || !namesFunction(name))
    problems.push(
      `${member}.LambdaFunctionName is ${JSON.stringify(name) ?? 'missing'}; allowed: ${FUNCTION_FORM}`,
    );
  if (mode === 'DELIVERY')
    problems.push(
      notYet(`${member}.Mode DELIVERY`, '; there is FILTER, and CustomDeliveryConfiguration to deliver'),
    );
  else if (mode !== 'FILTER') problems.push(`${member}.Mode is ${JSON.stringify(mode)}; allowed: FILTER`);
  return [...problems, ...notYetIn(`${member}.`, hook, ['WebUrl'])];
}
