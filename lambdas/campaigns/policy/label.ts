/** The notices that advertising carries in its text (spec §4, "Advertising rules"). Pure. */
import type { CampaignPolicy } from '../campaign.ts';
import type { Channel } from '../content.ts';
import type { Law } from './law/law.ts';

interface Texts {
  readonly title?: string;
  readonly message?: string;
}

/** Where the texts of a channel get their notices. */
export interface Notices {
  readonly channel: Channel;
  readonly policy: Pick<CampaignPolicy, 'label' | 'optOutText'>;
  readonly law: Law;
}

/**
 * The content with its label (before the title of a push and the subject of an e-mail, at the beginning of an SMS) and its
 * opt-out text (a last line of push and SMS). What it carries already is not written twice. Lengths are judged after this:
 * notices count toward a channel's limits.
 */
export const withNotices = <Content extends Texts>(content: Content, notices: Notices): Content =>
  applyOptOut(applyLabel(content, notices), notices);

/** The content with its label alone. A push without a title carries it in its message. */
export function applyLabel<Content extends Texts>(
  content: Content,
  { channel, policy, law }: Notices,
): Content {
  const place = law.label.places[channel];
  if (!policy.label || place === undefined) return content;
  const labelled = (text: string): string =>
    text.trimStart().startsWith(law.label.text) ? text : `${law.label.text} ${text}`;
  if (place === 'title' && content.title !== undefined) return { ...content, title: labelled(content.title) };
  return content.message === undefined ? content : { ...content, message: labelled(content.message) };
}

/** The content with its opt-out text alone. */
export function applyOptOut<Content extends Texts>(
  content: Content,
  { channel, policy: { optOutText }, law }: Notices,
): Content {
  const { message } = content;
  if (optOutText === undefined || message === undefined || !law.optOut.channels.includes(channel))
    return content;
  if (message.trimEnd().endsWith(optOutText)) return content;
  return { ...content, message: `${message}\n${optOutText}` };
}
