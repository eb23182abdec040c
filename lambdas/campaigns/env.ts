/** Environment variables of the campaigns domain. */
export const CAMPAIGNS_ENV = {
  /** Campaigns and their sends; the GSI `due` holds what a tick must look at. */
  table: 'CAMPAIGNS_TABLE',
  /** Queue of sends to move one step on. */
  sendsQueueUrl: 'SENDS_QUEUE_URL',
  /** Role that the engine assumes to read resolved lists (CreateImportJob's RoleArn). */
  importRoleArn: 'IMPORT_ROLE_ARN',
  /** What the operator decided about sending, as JSON (lambdas/campaigns/sends/send-settings.ts). */
  sending: 'CAMPAIGN_SENDING',
} as const;

/** What judging campaigns at delivery needs beside the campaigns themselves. */
export const POLICY_ENV = {
  /** What the operator decided about advertising, as JSON (`policy` of the configuration). */
  policy: 'CAMPAIGN_POLICY',
  /** Which sends had a message for a member; one row a member. */
  contactsTable: 'CONTACTS_TABLE',
} as const;

/** The hook's entry; the function is named `repoint-<stage>-` before it. The engine may invoke it by this name. */
export const POLICY_FUNCTION = 'campaigns-policy';

export const COUPONS_ENV = {
  /** Coupon pools, their codes, and who was given which. */
  couponsTable: 'COUPONS_TABLE',
} as const;

/** Countries whose advertising law is known (lambdas/campaigns/policy/law/). */
export const COUNTRIES = ['KR'] as const;
export type Country = (typeof COUNTRIES)[number];
