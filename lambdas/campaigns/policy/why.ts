/** Why a member gets nothing, or not yet, in sentences for people. Pure. */
import type { Channel } from '../content.ts';
import type { CapReached } from './caps.ts';
import type { NightWindow } from './law/law.ts';

/** Reasons in the ledger and in a send's counts. */
export const SKIP_REASONS = [
  'MEMBER_GONE',
  'NO_ADVERTISING_CONSENT',
  'NIGHT',
  'DAILY_CAP_MEMBER',
  'WEEKLY_CAP_MEMBER',
  'MISSING_VALUE',
  'NO_COUPON_LEFT',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** One sentence in each language of the console. */
export interface Why {
  readonly en: string;
  readonly ko: string;
}

const NAMES: Readonly<Record<Channel, Why>> = {
  push: { en: 'push', ko: '푸시' },
  email: { en: 'e-mail', ko: '이메일' },
  sms: { en: 'SMS', ko: '문자' },
  kakao: { en: 'KakaoTalk', ko: '카카오톡' },
  webhook: { en: 'webhook', ko: '웹훅' },
  custom: { en: 'the custom channel', ko: '사용자 정의 채널' },
};

export const memberGone = (): Why => ({
  en: 'The recipient is no member any more.',
  ko: '더 이상 회원이 아닌 수신자입니다.',
});

export const noConsent = (channel: Channel): Why => ({
  en: `The member has not agreed to advertising by ${NAMES[channel].en}.`,
  ko: `${NAMES[channel].ko} 광고 수신에 동의하지 않은 회원입니다.`,
});

const night = ({ from, until }: NightWindow, zone: string): Why => ({
  en: `It is night in ${zone} (${from}–${until}), and the member has not agreed to advertising at night`,
  ko: `${zone} 기준 야간 시간(${from}~${until})이며 야간 광고 수신에 동의하지 않은 회원`,
});

export function droppedAtNight(window: NightWindow, zone: string): Why {
  const { en, ko } = night(window, zone);
  return { en: `${en}.`, ko: `${ko}입니다.` };
}

export function heldAtNight(window: NightWindow, zone: string): Why {
  const { en, ko } = night(window, zone);
  return {
    en: `${en}; the message waits until ${window.until}.`,
    ko: `${ko}이므로 ${window.until}까지 보류합니다.`,
  };
}

export function capped({ reason, limit, channel }: CapReached): Why {
  const daily = reason === 'DAILY_CAP_MEMBER';
  const by =
    channel === undefined
      ? { en: '', ko: '' }
      : { en: ` by ${NAMES[channel].en}`, ko: `${NAMES[channel].ko} ` };
  return {
    en: `The member has had ${limit === 1 ? 'a message' : `${limit} messages`}${by.en} ${daily ? 'today' : 'within seven days'}, and more are not allowed.`,
    ko: `${daily ? '오늘' : '최근 7일 동안'} ${by.ko}메시지를 최대 ${limit}건까지 받은 회원입니다.`,
  };
}

export const missingValue = (names: readonly string[]): Why => ({
  en: `The member has no value for ${names.join(', ')}.`,
  ko: `${names.join(', ')} 값이 없는 회원입니다.`,
});

export const noCouponLeft = (pool: string): Why => ({
  en: `No code of the coupon pool "${pool}" is left.`,
  ko: `쿠폰 "${pool}"의 남은 코드가 없습니다.`,
});
