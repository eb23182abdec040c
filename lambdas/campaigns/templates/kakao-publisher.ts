import type { KakaoContent, KakaoTemplates } from '../../channels/index.ts';
import type { TemplatePublisher } from './ports.ts';

/** Kakao's templates go to the table that its channel sends with. Which version is active is known here alone. */
export const kakaoPublisher = (templates: KakaoTemplates): TemplatePublisher => ({
  publish: ({ name, content }) => templates.save(name, content.kakao as unknown as KakaoContent),
  activate: async () => undefined,
  // A campaign that is being sent with it still needs its versions.
  remove: async () => undefined,
});

/** Each channel's own publisher. */
export const publisherOf = (kakao: TemplatePublisher, pinpoint: TemplatePublisher): TemplatePublisher => ({
  publish: (template) => (template.channel === 'kakao' ? kakao : pinpoint).publish(template),
  activate: (channel, name, version) =>
    (channel === 'kakao' ? kakao : pinpoint).activate(channel, name, version),
  remove: (channel, name) => (channel === 'kakao' ? kakao : pinpoint).remove(channel, name),
});
