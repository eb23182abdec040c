/** Environment variables of the campaigns domain. */
export const CAMPAIGNS_ENV = {
  /** Campaigns and their sends; the GSI `due` holds what a tick must look at. */
  table: 'CAMPAIGNS_TABLE',
  /** Queue of sends to move one step on. */
  sendsQueueUrl: 'SENDS_QUEUE_URL',
  /** Role that the engine assumes to read resolved lists (CreateImportJob's RoleArn). */
  importRoleArn: 'IMPORT_ROLE_ARN',
} as const;
