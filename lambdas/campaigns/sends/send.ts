import type { Campaign, Definition } from '../campaign.ts';
import type { ChosenVariant } from '../content.ts';
import type { Change, SendState } from './send-state.ts';

/** Where recipients stand. `audience` = sent + failed + skipped + uncertain + open (spec §4). */
export interface Tally {
  readonly audience: number;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  readonly uncertain: number;
  /** Not decided yet. */
  readonly open: number;
  /** Failed and skipped ones by Pinpoint's names: FAILURE_PERMANENT, ENDPOINT_OPT_OUT, … */
  readonly reasons: {
    readonly failed: Readonly<Record<string, number>>;
    readonly skipped: Readonly<Record<string, number>>;
  };
}

/** A send's counts over all its runs. */
export interface Counts extends Tally {
  /** ISO 8601: when this was so. */
  readonly asOf: string;
}

/** Which part of the audience a run goes to: all of it, a winner's test, the rest after it, or all with the winner chosen before. */
export type RunPart = 'whole' | 'test' | 'rest' | 'chosen';

/** A Pinpoint campaign of a send. It is made at rest, so that one whose send was cancelled meanwhile never begins. */
export interface Run {
  readonly part: RunPart;
  readonly pinpointCampaignId: string;
  /** The engine was told to go on with it: messages may have gone out. */
  readonly begun?: true;
  /** Nothing more happens in it. */
  readonly ended?: true;
  readonly counts?: Tally;
}

/** Members by what they have for the texts (sends/ports.ts, `AudienceVerdict`). */
export interface ValueCounts {
  readonly looked: number;
  readonly sampled: boolean;
  readonly defaulted: number;
  readonly skipped: number;
}

/** One run of a campaign. Times are ISO 8601, UTC. */
export interface Send {
  readonly id: string;
  readonly campaignId: string;
  /** The campaign's version that it says, whatever is edited later. */
  readonly version: number;
  readonly state: SendState;
  readonly scheduledFor: string;
  readonly history: readonly Change[];
  /** It begins before this moment or is missed; a person who lets it go on puts it off. */
  readonly startBy: string;
  /** Where a paused one goes on. */
  readonly goesOn?: SendState;
  /** When it was last looked at, and for how long it has been looked at without any progress. */
  readonly lookedAt: string;
  readonly idleMs: number;
  readonly resolution?: { readonly id: string; readonly tries: number };
  /** The resolved list: prefix `s3://bucket/prefix/`, members in it, and whether Athena was asked for it. */
  readonly list?: { readonly url: string; readonly members: number; readonly byAthena?: true };
  /** What its members' values made of its texts before it went out; absent when the texts show none. */
  readonly values?: ValueCounts;
  /** Where limits were broken for some of them (`BrokenLimit.at`); absent: nowhere. */
  readonly tooLong?: readonly string[];
  readonly importJobId?: string;
  /** Lines imported so far. */
  readonly imported?: number;
  readonly pinpointSegmentId?: string;
  readonly runs: readonly Run[];
  /** Versions of the stored templates that it says, by name. */
  readonly templates?: Readonly<Record<string, string>>;
  /** The engine does not know yet what was decided here about its running run. */
  readonly untold?: true;
  /** When the run of a cancelled or failed one was taken away: its counts settle then. */
  readonly removedAt?: string;
  /** Messages a minute, when that was changed for this send; 0 is as fast as possible. */
  readonly ratePerMinute?: number;
  /** When the results of the test are looked at next. */
  readonly decideAt?: string;
  /** Who gets the rest, or all of it when it was chosen by an earlier send. */
  readonly winner?: ChosenVariant;
  readonly counts?: Counts;
  /** When its campaign's row was last to show it. */
  readonly shownAt?: string;
  /** Steps in a row that broke, and what the last said. */
  readonly failures: number;
  readonly problem?: string;
  /** When the tick looks at it; absent when nothing is left to do. */
  readonly dueAt?: string;
}

export const NO_COUNTS: Tally = {
  audience: 0,
  sent: 0,
  failed: 0,
  skipped: 0,
  uncertain: 0,
  open: 0,
  reasons: { failed: {}, skipped: {} },
};

const iso = (ms: number): string => new Date(ms).toISOString();

/** The id follows from the occurrence (`<campaignId>-<YYYYMMDDTHHMM>`, UTC), so that opening it twice is opening it once. */
export const sendIdOf = (campaignId: string, scheduledFor: string): string =>
  `${campaignId}-${scheduledFor.slice(0, 16).replaceAll(/[-:]/g, '')}`;

/** Who opens a send, when (epoch milliseconds), and how late it may begin. */
export interface Opened {
  readonly at: number;
  readonly by: string;
  readonly windowMs: number;
}

/** A send that waits to be begun. */
export function newSend(
  campaign: Pick<Campaign, 'id' | 'version'>,
  scheduledFor: string,
  { at, by, windowMs }: Opened,
): Send {
  return {
    id: sendIdOf(campaign.id, scheduledFor),
    campaignId: campaign.id,
    version: campaign.version,
    state: 'scheduled',
    scheduledFor,
    history: [{ state: 'scheduled', at: iso(at), by }],
    startBy: iso(Date.parse(scheduledFor) + windowMs),
    lookedAt: iso(at),
    idleMs: 0,
    runs: [],
    failures: 0,
  };
}

/** The run that is under way, or the last that was. */
export const currentRun = ({ runs }: Send): Run | undefined => runs.at(-1);
/** The run that the engine has in hand. */
export const liveRun = (send: Send): Run | undefined => {
  const run = currentRun(send);
  return run?.ended ? undefined : run;
};
/** The send with its last run changed. */
export const withRun = (send: Send, change: Partial<Run>): Send => ({
  ...send,
  runs: send.runs.map((run, index) => (index === send.runs.length - 1 ? { ...run, ...change } : run)),
});

/** What a send says and to whom: a version of its campaign. */
export type Says = Definition;

/** What an edit changes of a campaign, without how it stands. */
export function saysOf(campaign: Campaign): Says {
  const { id, version, revision, status, chosen, anchor, next, dueAt, open, last, done, ...others } =
    campaign;
  const { change, asked, createdAt, createdBy, changedAt, changedBy, ...says } = others;
  return says satisfies Says & Record<Exclude<keyof typeof says, keyof Says>, never>;
}
