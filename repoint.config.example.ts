import type { RepointConfig } from './lib/config.ts';

/**
 * Copy to `repoint.config.ts` (not committed) and fill in. Everything an operator decides is here;
 * what is left out has the default named in lib/config.ts.
 */
const config: RepointConfig = {
  account: '111122223333',
  region: 'ap-northeast-2',

  // Servers that may call the private API and the engine. Nobody else reaches either, key or not.
  allowedCidrs: ['203.0.113.0/24', '198.51.100.7/32'],

  timeZone: 'Asia/Seoul',
  alarmEmail: 'ops@example.com',

  channels: {
    // `aws pinpoint create-app` for AWS End User Messaging push, with its FCM and APNs channels enabled.
    push: { applicationId: '0123456789abcdef0123456789abcdef' },
    // The domain must be a verified SES identity of this account and region.
    email: { fromAddress: 'news@example.com' },
    // A phone number id, sender id or pool id of AWS End User Messaging SMS.
    sms: { originationIdentity: 'phone-0123456789abcdef0123456789abcdef' },
  },

  // What messages cost, for estimates: the currency amounts are told in, own contracts in place of list prices, and the
  // exchange rates of a day, each how much of it one US dollar is.
  costs: { currency: 'KRW', exchangeRates: { rates: { KRW: 1439 }, date: '2025-12-30' } },

  // The public collector takes events from browsers and apps, and gives nothing back.
  collector: { allowedOrigins: ['https://shop.example.com'], requestsPerSecond: 500, burst: 1000 },

  retention: {
    eventsDays: 730,
    quarantineDays: 14,
    ledgerDays: 730,
    workDays: 14,
    logsDays: 90,
    streamHours: 72,
  },

  // 'on-demand' grows by itself; a number of shards is cheaper while it is small (one shard: 1 MB/s).
  streamShards: 'on-demand',

  // A query that would read more than this is stopped.
  athenaScanLimitGb: 100,

  // After an outage a send goes out if it is less late than this; without `ratePerMinute` campaigns go as fast as possible.
  // Smaller audiences than `heldFromMembers` need nobody's approval, though they are three times as large as usual.
  sending: { missedAfterMinutes: 360, ratePerMinute: 20_000, heldFromMembers: 100 },

  // Advertising: the last line of push and SMS, and how many messages a member may get (days of the member's own zone).
  policy: {
    optOutText: '무료수신거부 080-000-0000',
    defaultCaps: { perDay: 3, perWeek: 10, channels: { sms: { perDay: 1 } } },
  },

  // Texts of messages: `#{등급}` shows members' attribute `grade`; amounts are in `costs.currency`, written as this locale does.
  personalisation: { attributeLabels: { 등급: 'grade' }, locale: 'ko-KR' },

  // Functions that Pinpoint clients may name as a campaign's hook or for custom delivery: the engine may invoke these only.
  hookFunctionNames: [],

  // Outside the stage `prod` nobody gets a message but these: addresses, '*@example.com', 'user:<userId>'. '*' is everybody.
  recipients: ['*@example.com'],
};

export default config;
