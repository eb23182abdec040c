import type {
  KakaoAlimtalk,
  KakaoCarousel,
  KakaoText,
  KakaoWideList,
} from '../../../schemas/channels/generated/requests.js';

/** What a Kakao message says, one shape a kind. Texts and most links may hold variables. */
export type KakaoContent = KakaoAlimtalk | KakaoText | KakaoCarousel | KakaoWideList;
export type KakaoKind = KakaoContent['kind'];

export const KAKAO_KINDS = [
  'alimtalk',
  'text',
  'carousel',
  'wide_list',
] as const satisfies readonly KakaoKind[];

/** Notices may not advertise, brand messages do (Kakao's rules for 알림톡 and 브랜드 메시지). */
export const isNotice = ({ kind }: Pick<KakaoContent, 'kind'>): boolean => kind === 'alimtalk';
