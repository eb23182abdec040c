import type { HttpAnswer } from '../shared/http.ts';
import type { Collected } from './collect-events.ts';

/** 202 when every event was taken; 207 with one entry per bad event otherwise. */
export const answerOf = (collected: Collected): HttpAnswer =>
  collected.rejected === 0
    ? { status: 202, body: { accepted: collected.accepted } }
    : { status: 207, body: collected };
