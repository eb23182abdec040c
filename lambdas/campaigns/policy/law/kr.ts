import type { Law, Source } from './law.ts';

const act = (paragraph: string): Source => ({
  title: `정보통신망 이용촉진 및 정보보호 등에 관한 법률 제50조${paragraph}`,
  url: 'https://www.law.go.kr/법령/정보통신망이용촉진및정보보호등에관한법률/제50조',
  asOf: '2026-10-02',
});
const decree = (paragraph: string): Source => ({
  title: `정보통신망 이용촉진 및 정보보호 등에 관한 법률 시행령 제61조${paragraph}`,
  url: 'https://www.law.go.kr/법령/정보통신망이용촉진및정보보호등에관한법률시행령/제61조',
  asOf: '2026-10-02',
});

/** Korea: the Network Act, article 50, and its decree. */
export const KR: Law = {
  consent: { source: act('제1항') },
  label: {
    text: '(광고)',
    // Kakao writes the label itself, before the name of the channel.
    places: { push: 'title', email: 'title', sms: 'message' },
    source: decree('제3항, 별표 6'),
  },
  optOut: { channels: ['push', 'sms'], source: decree('제3항, 별표 6') },
  night: {
    window: { from: '21:00', until: '08:00' },
    source: act('제3항'),
    channels: {
      kakao: {
        window: { from: '20:50', until: '08:00' },
        source: {
          title: 'KakaoTalk Bizmessage, Brand Message: Overview',
          url: 'https://docs.nhncloud.com/en/Notification/KakaoTalk%20Bizmessage/en/friendtalkupgrade-overview/',
          asOf: '2026-11-22',
        },
      },
    },
    exempt: { channels: ['email'], source: decree('제2항') },
  },
};
