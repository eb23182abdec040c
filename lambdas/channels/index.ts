/** What other domains may use of channels: what a Kakao message may say, and its templates. */
export { KAKAO_ENV } from './env.ts';
export { kakaoProblems } from './kakao/check.ts';
export { isNotice, KAKAO_KINDS, type KakaoContent } from './kakao/content.ts';
export type { KakaoOrder } from './kakao/deliver-kakao.ts';
export { partsOf as kakaoParts, withTexts as withKakaoTexts } from './kakao/parts.ts';
export type { KakaoContents, KakaoTemplates } from './kakao/ports.ts';
export { compileKakao } from './kakao/render.ts';
export { renderedProblems } from './kakao/rendered.ts';
export { dynamoKakaoTemplates } from './kakao/template-store.aws.ts';
