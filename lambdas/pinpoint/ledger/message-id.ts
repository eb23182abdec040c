import { hash } from 'node:crypto';

/** 22 characters of base64url hold 131 bits. */
const LENGTH = 22;

const digest = (...parts: readonly string[]): string =>
  hash('sha256', parts.join('\0'), 'base64url').slice(0, LENGTH);

/** The id of the message an endpoint gets in a run: the same however often it is made. */
export const messageIdOf = (activityId: string, endpointId: string): string => digest(activityId, endpointId);

/** The id of a ledger record: a repeat of the same fact has the same one. */
export const recordIdOf = (...fact: readonly string[]): string => digest(...fact);
