import type { ConsentChannel, Consents } from './member.ts';

/**
 * Pinpoint's OptOut knows no purposes: it is set for those who said no to advertising on the channel. Who said
 * nothing stays reachable for informational messages; advertising asks for a yes at delivery (spec §4).
 */
export const refuses = (consents: Consents, channel: ConsentChannel): boolean =>
  consents[channel]?.advertising?.granted === false;
