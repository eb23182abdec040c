import { anything, list, number, oneOf, struct, text } from '../../wire/shape.ts';
import { functionName } from '../lambda-api/index.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Input transformations are refused by not being here: no function of ours is written for one. */
const target = struct(
  { Arn: text, Id: text },
  {
    RetryPolicy: struct({}, { MaximumRetryAttempts: number, MaximumEventAgeInSeconds: number }),
    DeadLetterConfig: struct({ Arn: text }, {}),
    RoleArn: text,
  },
);
const ruleProperties = struct(
  { EventPattern: anything, Targets: list(target) },
  {
    Name: text,
    Description: text,
    State: oneOf('ENABLED', 'DISABLED'),
    EventBusName: oneOf('default'),
    Tags: anything,
  },
);

export interface Target {
  readonly functionName: string;
  readonly maxRetries: number;
  readonly deadLetterArn: string | undefined;
}

export interface Rule {
  readonly name: string;
  readonly matches: Pattern;
  readonly targets: readonly Target[];
}

/** How often Lambda runs an event again after a failure of the function. */
const LAMBDA_RETRIES = 2;

function targetOf(found: ReturnType<typeof target>): Target {
  if (!/^arn:aws[\w-]*:lambda:/.test(found.Arn))
    throw new Error(`The local bus knows Lambda targets only, not ${found.Arn}`);
  return {
    functionName: functionName(found.Arn),
    maxRetries: Math.min(LAMBDA_RETRIES, found.RetryPolicy?.MaximumRetryAttempts ?? LAMBDA_RETRIES),
    deadLetterArn: found.DeadLetterConfig?.Arn,
  };
}

/** Reads a resolved AWS::Events::Rule; throws on what the local bus cannot do. Disabled rules give undefined. */
export function ruleOf(properties: unknown): Rule | undefined {
  const rule = ruleProperties(properties, '');
  const read = {
    name: rule.Name ?? JSON.stringify(rule.EventPattern),
    matches: compilePattern(rule.EventPattern),
    targets: rule.Targets.map(targetOf),
  };
  return rule.State === 'DISABLED' ? undefined : read;
}
