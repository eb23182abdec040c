/** Environment variables of the engine. Each function gets those of the grants it has. */
export const PINPOINT_ENV = {
  /** Apps, segments, jobs, campaigns, activities; the GSI `due` holds campaigns a tick must start. */
  registryTable: 'PINPOINT_REGISTRY_TABLE',
  /** Endpoints, users and address rows. */
  endpointsTable: 'PINPOINT_ENDPOINTS_TABLE',
  /** Runs and their slices: cursor, lease, outcomes. */
  runsTable: 'PINPOINT_RUNS_TABLE',
  /** Bucket of imported lists (`segments/`), run slices (`runs/`) and what templates say (`templates/`). */
  bucket: 'PINPOINT_BUCKET',
  importsQueueUrl: 'PINPOINT_IMPORTS_QUEUE_URL',
  runsQueueUrl: 'PINPOINT_RUNS_QUEUE_URL',
  slicesQueueUrl: 'PINPOINT_SLICES_QUEUE_URL',
  /** Kinesis stream of the ledger: one record per recipient and state. */
  ledgerStream: 'PINPOINT_LEDGER_STREAM',
  /** Secret with the engine's own access key pairs: JSON `{ "<accessKeyId>": "<secretAccessKey>" }`. */
  credentialsSecret: 'PINPOINT_CREDENTIALS_SECRET',
} as const;

/** What the channel adapters of the engine need of the AWS account. */
export const CHANNELS_ENV = {
  /** Id of the AWS End User Messaging push application (FCM, APNs credentials). */
  pushApplicationId: 'PUSH_APPLICATION_ID',
  emailFromAddress: 'EMAIL_FROM_ADDRESS',
  /** SES configuration set whose events come back through EventBridge. */
  emailConfigurationSet: 'EMAIL_CONFIGURATION_SET',
  smsOriginationIdentity: 'SMS_ORIGINATION_IDENTITY',
  /** Who may get messages: `*`, or a list parted by commas (delivery/recipients.ts). */
  recipients: 'RECIPIENTS',
} as const;
