export { MEMBERS_ENV } from './env.ts';
export type { ConsentChannel, Consents } from './member.ts';
export { dynamoMemberAttributes, type MemberAttributes } from './member-attributes.aws.ts';
export { dynamoMemberReaches } from './member-reach.aws.ts';
export type { MemberReach, MemberReaches } from './member-reach.ts';
export { dynamoMemberScan } from './member-scan.aws.ts';
export type { MemberScan, ScannedMember } from './member-scan.ts';
export type { MemberItem, MemberItems } from './state/member-items.ts';
export { dynamoMemberStates, type MemberStates } from './state/member-states.aws.ts';
