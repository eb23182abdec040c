/** Keys of the table `member-state`. Pure. */
export const stateKey = {
  /** The state of a member, known by userId. */
  ofUser: (userId: string): string => `u#${userId}`,
  /** What was done in a browser or app without a name. */
  ofAnonymous: (anonymousId: string): string => `a#${anonymousId}`,
  /** Who were named there. */
  ofNamings: (anonymousId: string): string => `n#${anonymousId}`,
  /** The browsers of a member that their state does not name any more, for their erasure. */
  ofSettled: (userId: string): string => `s#${userId}`,
} as const;
