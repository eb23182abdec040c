import type { Channel, Content } from '../content.ts';

export type Part = keyof Content;
/** Parts that are texts for the recipient. */
export const TEXTS = ['title', 'message', 'html'] as const satisfies readonly Part[];
export type TextPart = (typeof TEXTS)[number];

export interface ChannelRules {
  /** What a message must have; of several in one entry, one. A message that names a template has nothing beside it. */
  readonly needs: readonly (readonly Part[])[];
  /** What the channel can show beside that. */
  readonly takes: readonly Part[];
  /** The most a text may have, in grapheme clusters (Pinpoint's quotas of templates), its notices included. */
  readonly longest: Readonly<Partial<Record<TextPart, number>>>;
}

/** A registry of channels: another channel is another entry. */
export const CHANNEL_RULES: Readonly<Record<Channel, ChannelRules>> = {
  push: {
    needs: [['title'], ['message']],
    takes: ['icon', 'image', 'link', 'template'],
    longest: { title: 200, message: 2000 },
  },
  email: {
    needs: [['title'], ['message', 'html']],
    takes: ['image', 'template'],
    longest: { title: 250, message: 100_000, html: 100_000 },
  },
  sms: { needs: [['message']], takes: ['template'], longest: { message: 1600 } },
  // Its own limits are judged by its own check (lambdas/channels/kakao/check.ts).
  kakao: { needs: [['kakao']], takes: ['template'], longest: {} },
  webhook: customRules(),
  custom: customRules(),
};

/** Whatever the customer's own end does with it. */
function customRules(): ChannelRules {
  return {
    needs: [['message']],
    takes: ['title', 'icon', 'image', 'link'],
    longest: { title: 200, message: 2000 },
  };
}
