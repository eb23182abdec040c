import { isIPv6 } from 'node:net';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const EVERY_CALL = { actions: ['execute-api:Invoke'], resources: ['execute-api:/*'] };

/**
 * Refuses every address outside the list. The Deny is explicit because an Allow alone would still let other
 * addresses reach an authorizer; it is judged before anything else.
 */
export function allowListPolicy(cidrs: readonly string[]): PolicyDocument {
  if (cidrs.length === 0)
    throw new Error('An allow-list without addresses would lock everyone out or let everyone in');
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'DenyOutsideTheAllowList',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        ...EVERY_CALL,
        conditions: { NotIpAddress: { 'aws:SourceIp': [...cidrs] } },
      }),
      new PolicyStatement({ sid: 'AllowTheRest', principals: [new AnyPrincipal()], ...EVERY_CALL }),
    ],
  });
}

/** An endpoint that answers on IPv4 only would never see the IPv6 addresses of the list. */
export const hasIpv6 = (cidrs: readonly string[]): boolean =>
  cidrs.some((cidr) => isIPv6(cidr.split('/')[0] ?? ''));
