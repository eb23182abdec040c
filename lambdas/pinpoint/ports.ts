import type { DottedValues } from '../shared/rendering/part.ts';

export type { DottedValues };

/** The registry's rows: one item each, written on its own (no transactions), so every change is one conditional write. */
export interface RegistryKey {
  /** `app#<appId>`, `apps` for the list of apps, or `templates`, which belong to no app. */
  readonly pk: string;
  /** `app`, `segment#<id>`, `segment#<id>#v#<8 digits>`, `import#<id>`, `campaign#<id>`, `activity#…`. */
  readonly sk: string;
}

/** What the index `due` holds: the shard `0`…`63` and the ISO 8601 moment from which a tick must look at the row. */
export interface Due {
  readonly dueShard: string;
  readonly dueAt: string;
}

/** A row as it was read. `revision` grows with each write: `replace` takes it as proof that nobody was faster. */
export interface Stored<Row> {
  readonly key: RegistryKey;
  readonly row: Row;
  readonly revision: number;
}

export interface Page<Row> {
  readonly rows: readonly Stored<Row>[];
  /** Sort key to go on after; absent on the last page. */
  readonly after?: string;
}

export interface ListOptions {
  /** At most this many rows; all of them (read page by page) when left out. */
  readonly limit?: number;
  readonly after?: string | undefined;
  readonly descending?: boolean;
}

/** Rows are plain JSON without `undefined`; the store adds key, revision and due attributes beside them. */
export interface Registry {
  get<Row>(key: RegistryKey): Promise<Stored<Row> | undefined>;
  /** Writes a new row; undefined when there is one already. */
  create<Row>(key: RegistryKey, row: Row, due?: Due): Promise<Stored<Row> | undefined>;
  /** Replaces the row as it was read; undefined when it was written or removed since. Without `due` it leaves the index. */
  replace<Row>(stored: Stored<unknown>, row: Row, due?: Due): Promise<Stored<Row> | undefined>;
  /** Removes the row and returns what it was; undefined when it was gone. */
  remove<Row>(key: RegistryKey): Promise<Stored<Row> | undefined>;
  /** Rows whose sort key begins with `prefix`, in its order. */
  list<Row>(pk: string, prefix: string, options?: ListOptions): Promise<Page<Row>>;
  /** Rows of one shard that are due at `now` (epoch milliseconds), oldest first. The index lags: claim by `replace`. */
  due<Row>(shard: string, now: number, limit: number): Promise<readonly Stored<Row>[]>;
}

export type EndpointStatus = 'ACTIVE' | 'INACTIVE';
export type OptOut = 'ALL' | 'NONE';

/** An endpoint as its user's row lists it: enough to decide eligibility without reading the endpoint itself. */
export interface UserEndpoint {
  readonly id: string;
  readonly channel: string | undefined;
  readonly address: string | undefined;
  readonly status: EndpointStatus;
  readonly optOut: OptOut;
}

export interface UserWithEndpoints {
  /** The asked-for `User.UserAttributes.<name>` values that the user has. */
  readonly values: DottedValues;
  readonly endpoints: readonly UserEndpoint[];
}

/** Reads at delivery, in parallel batches of 100 keys; keys that DynamoDB leaves unprocessed are asked again. Unknown ids are absent. */
export interface EndpointReader {
  /** `names`: dotted names; those outside `User.UserAttributes.` are ignored here. Undefined: all the user has. */
  users(
    appId: string,
    userIds: readonly string[],
    names: readonly string[] | undefined,
  ): Promise<Map<string, UserWithEndpoints>>;
  /** `names`: dotted names of the endpoint (`ChannelType`, `Attributes.plan`, `User.UserId`, …); only these are read. Undefined: all it has. */
  endpoints(
    appId: string,
    endpointIds: readonly string[],
    names: readonly string[] | undefined,
  ): Promise<Map<string, DottedValues>>;
}

export interface EndpointWriter {
  /**
   * Sets an endpoint INACTIVE after a permanent failure. Nothing happens when there is none, or when it has another
   * address than the given one by now.
   */
  deactivate(
    appId: string,
    endpointId: string,
    address?: { readonly channel: string; readonly address: string },
  ): Promise<void>;
  /**
   * Gives an endpoint the address that its provider names instead of `from` (an updated push token); another endpoint
   * with that address becomes INACTIVE. Status, user and all else stay. Nothing happens when the endpoint is gone or has
   * a third address by now; safe to repeat, and a repeat ends what was cut short.
   */
  readdress(appId: string, endpointId: string, from: string, to: string): Promise<void>;
}

/** One line of an imported list: a user, or an endpoint with what delivery needs of it. */
export interface UserLine {
  readonly u: string;
}
export interface EndpointLine {
  /** Endpoint id. */
  readonly e: string;
  /** User id. */
  readonly u?: string;
  readonly c: string;
  readonly a: string;
}
export type SegmentLine = UserLine | EndpointLine;

/** A segment version as it is stored; a new version never changes an old one. */
export interface SegmentRow {
  readonly applicationId: string;
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly type: 'IMPORT';
  /** What the list's lines are. */
  readonly kind: 'users' | 'endpoints';
  /** Lines in the list. */
  readonly size: number;
  readonly channelCounts: Readonly<Record<string, number>>;
  /** The list lies in this many objects. */
  readonly parts: number;
  readonly importJobId: string;
  readonly definition: {
    readonly externalId: string;
    readonly format: 'CSV' | 'JSON';
    readonly roleArn: string;
    readonly s3Url: string;
  };
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601 with milliseconds. */
  readonly creationDate: string;
  readonly lastModifiedDate: string;
}

/** The lists of imported segments. */
export interface SegmentLists {
  /** The given version, or the current one; undefined when there is no such segment. */
  segment(appId: string, segmentId: string, version?: number): Promise<SegmentRow | undefined>;
  /** The list's lines in their order, in chunks; a retry reads the same lines in the same order. Throws UnreadableList when no retry will. */
  read(appId: string, segmentId: string, version: number): AsyncIterable<readonly SegmentLine[]>;
}
