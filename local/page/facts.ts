/** What the page shows of a running system. Functions are asked anew for each page. */
export interface PageFacts {
  /** e.g. `local`. */
  readonly stage: string;
  /** Epoch milliseconds, by the local clock. */
  now(): number;
  readonly apis: readonly { readonly name: string; readonly url: string; readonly note: string }[];
  /** A command to try: posts a campaign. */
  readonly curl: string;
  /** Files and folders worth knowing, with absolute paths. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  functions(): readonly FunctionFacts[];
  readonly outbox: OutboxFacts;
}

export interface FunctionFacts {
  readonly name: string;
  /** e.g. `not started`, `running`. */
  readonly state: string;
  readonly invocations: number;
  readonly errors: number;
}

interface Counted {
  readonly messages: number;
  readonly deliver?: number;
  readonly open?: number;
  readonly click?: number;
  readonly bounce?: number;
}

export interface OutboxFilter {
  readonly channel?: string;
  readonly campaign?: string;
  readonly to?: string;
  readonly q?: string;
}

export interface ListedMessage {
  readonly id: string;
  readonly channel: string;
  readonly channelType: string;
  readonly at: string;
  readonly to: string;
  readonly title?: string;
  readonly body: string;
  readonly campaignId?: string;
  /** When each action happened first. */
  readonly activity: Readonly<Partial<Record<string, string>>>;
}

/** The outbox as the page reads it. */
export interface OutboxFacts {
  counts(filter?: OutboxFilter): Counted & { readonly byCampaign: Readonly<Record<string, Counted>> };
  list(
    filter: OutboxFilter,
    limit: number,
    cursor?: string,
  ): Promise<{ readonly messages: readonly ListedMessage[]; readonly cursor: string | null }>;
}
