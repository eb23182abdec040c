import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Tells cdk-nag that a finding is known, and why it stays. Each finding for itself, beside what causes it. */
export function acknowledge(scope: Construct, finding: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-${finding}`, reason });
}

/** Resource patterns of a policy that are no wider than `reason` explains. */
export function acknowledgeWildcards(scope: Construct, reason: string, resources: readonly string[]): void {
  for (const resource of resources) {
    acknowledge(scope, `IAM5[Resource::${String(Stack.of(scope).resolve(resource))}]`, reason);
  }
}
