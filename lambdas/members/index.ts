export { MEMBERS_ENV } from './env.ts';
export { dynamoMemberScan } from './member-scan.aws.ts';
export type { MemberScan, ScannedMember } from './member-scan.ts';
