import type { QueueSender } from '../../shared/queue-sender.ts';
import type { StateStore } from '../ports.ts';
import type { BrowserState } from '../state/browser-state.ts';
import type { ClosedErasure, Erasure, OpenErasure, Step } from './erasure.ts';

/** What was found out of an open erasure; endpoints are added to those that are known. */
export type Finding = Partial<Pick<OpenErasure, 'turns' | 'lookedAt' | 'left' | 'endpoints'>>;

export interface ErasureStore {
  /** Opens the erasure of a person; answers the one that is open already, if there is one. */
  open(erasure: Pick<OpenErasure, 'id' | 'userId' | 'requestedAt'>): Promise<OpenErasure>;
  /** Begins anew with what has come since; false when somebody else changed it. */
  renew(erasure: OpenErasure, requestedAt: string): Promise<boolean>;
  find(id: string): Promise<Erasure | undefined>;
  /** Those that are not done, the first asked first. */
  allOpen(): Promise<OpenErasure[]>;
  /** Writes down that a step is done; false when the erasure began anew meanwhile, or is done. */
  did(erasure: OpenErasure, step: Step, at: string): Promise<boolean>;
  /** Writes down what was found; false when the erasure began anew meanwhile, or is done. */
  found(erasure: OpenErasure, finding: Finding): Promise<boolean>;
  /** Gives the erasure the key, unless it has one. */
  keyed(erasure: OpenErasure, key: string): Promise<void>;
  /** Forgets who it was; false when the erasure began anew meanwhile. */
  close(erasure: OpenErasure, closed: ClosedErasure): Promise<boolean>;
}

/** Of an erasure, what tells which states are the person's. */
export type ErasedStates = Pick<OpenErasure, 'userId' | 'turns' | 'requestedAt'>;

/** Rows of a person in the tables `members` and `member-state`. */
export interface PersonRows {
  /** Whether the member, or a state by their userId, is there. */
  has(userId: string): Promise<boolean>;
  removeMember(userId: string): Promise<void>;
  /** Of the person as signed in, and of what they did in browsers without a name. */
  removeStates(of: ErasedStates): Promise<void>;
  /** Of browsers alone: the person may have come back meanwhile. */
  removeFromBrowsers(of: ErasedStates): Promise<void>;
}

/** Rows of member state, for those who take a person out of them. */
export interface StateEraser extends Pick<StateStore, 'read'> {
  /** The browsers that the member's state does not name any more. */
  settledBrowsers(userId: string): Promise<readonly string[]>;
  /** Changes what was done in a browser without a name, if anything was; undefined removes it. */
  change(anonymousId: string, change: (state: BrowserState) => BrowserState | undefined): Promise<void>;
  /** Takes the member off those who were named in the browser. */
  leave(anonymousId: string, userId: string): Promise<void>;
  removeState(userId: string): Promise<void>;
}

export interface EndpointEraser {
  /** Ids of the endpoints that the user has. */
  idsOf(userId: string): Promise<readonly string[]>;
  /** Removes every endpoint of the user, whatever its channel. */
  eraseUser(userId: string): Promise<void>;
}

/** What campaigns remember of a member, and the lists they are on (lambdas/campaigns/forget-member.ts, lambdas/segments/lists/forget-listed.ts). */
export type ForgetMember = (userId: string) => Promise<unknown>;

export interface EraseMessage {
  readonly id: string;
}
export type ErasureQueue = Pick<QueueSender<EraseMessage>, 'send'>;
