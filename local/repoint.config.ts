import type { RepointConfig } from '../lib/config.ts';

/** The stage `local`: what `npm start` synthesises and runs. Only this machine is on the allow-list. */
const config: RepointConfig = {
  account: '000000000000',
  region: 'ap-northeast-2',
  allowedCidrs: ['127.0.0.1/32'],
  timeZone: 'Asia/Seoul',
  alarmEmail: 'ops@example.com',
  channels: {
    push: { applicationId: '00000000000000000000000000000000' },
    email: { fromAddress: 'hello@shop.example.com' },
    sms: { originationIdentity: 'REPOINT' },
    // The outbox stands in for it.
    kakao: { providerUrl: 'https://kakao.example.com/messages' },
  },
  collector: { allowedOrigins: ['*'] },
  streamShards: 4,
  athenaScanLimitGb: 100,
  // Messages go to the outbox, not to people.
  recipients: ['*'],
};

export default config;
