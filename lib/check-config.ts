import { isIP } from 'node:net';
import { costsProblems } from './campaigns/check-costs.ts';
import { personalisationProblems } from './campaigns/check-personalisation.ts';
import { policyProblems } from './campaigns/check-policy.ts';
import {
  type CheckedConfig,
  CONFIG_DEFAULTS,
  type RepointConfig,
  type RetentionConfig,
  type SendingConfig,
} from './config.ts';
import { unless, wholeProblems } from './shared/checks.ts';

/** The retention periods CloudWatch Logs accepts that make sense here, in days. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

/** The configuration with its defaults, or one error that lists every problem: what was wrong, the value, what is allowed. */
export function checkConfig(config: RepointConfig): CheckedConfig {
  const checked: CheckedConfig = {
    ...CONFIG_DEFAULTS,
    ...config,
    collector: { ...CONFIG_DEFAULTS.collector, ...config.collector },
    retention: { ...CONFIG_DEFAULTS.retention, ...config.retention },
    policy: { ...CONFIG_DEFAULTS.policy, ...config.policy },
    sending: { ...CONFIG_DEFAULTS.sending, ...config.sending },
    personalisation: { ...CONFIG_DEFAULTS.personalisation, ...config.personalisation },
    costs: { ...CONFIG_DEFAULTS.costs, ...config.costs },
  };
  const problems = [
    ...placeProblems(checked),
    ...cidrProblems(checked.allowedCidrs),
    ...channelProblems(checked),
    ...collectorProblems(checked),
    ...retentionProblems(checked.retention),
    ...policyProblems(checked.policy),
    ...sendingProblems(checked.sending),
    ...personalisationProblems(checked.personalisation),
    ...costsProblems(checked.costs),
    ...limitProblems(checked),
  ];
  if (problems.length > 0) throw new Error(`The configuration is not valid:\n  - ${problems.join('\n  - ')}`);
  return checked;
}

/** The stage names physical resources, and a bucket name takes 63 characters: short and plain. */
export function checkStage(stage: string): string {
  if (/^[a-z][a-z0-9]{0,11}$/.test(stage)) return stage;
  throw new Error(
    `The stage "${stage}" is not valid: 1 to 12 lower-case letters and digits, a letter first (-c stage=prod)`,
  );
}

function placeProblems({ account, region, timeZone, alarmEmail }: CheckedConfig): string[] {
  return [
    ...unless(/^\d{12}$/.test(account), `account "${account}": an AWS account id has 12 digits`),
    ...unless(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), `region "${region}": expected one like ap-northeast-2`),
    ...unless(
      isTimeZone(timeZone),
      `timeZone "${timeZone}": expected an IANA time zone such as Asia/Seoul or America/New_York`,
    ),
    ...unless(isAddress(alarmEmail), `alarmEmail "${alarmEmail}": expected an e-mail address`),
  ];
}

function isTimeZone(timeZone: string): boolean {
  // "+09:00" is an offset, not a zone: it knows no daylight saving.
  if (/^[+-]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

const isAddress = (text: string): boolean => /^[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>]+$/.test(text);

function cidrProblems(cidrs: readonly string[]): string[] {
  if (cidrs.length === 0) {
    return ['allowedCidrs is empty: list the addresses that may call the private API, e.g. "203.0.113.7/32"'];
  }
  return cidrs.flatMap((cidr) =>
    isCidr(cidr)
      ? unless(
          !cidr.endsWith('/0'),
          `allowedCidrs "${cidr}": it lets everyone in, which an allow-list must not`,
        )
      : [`allowedCidrs "${cidr}": expected a CIDR block such as 203.0.113.0/24 or 2001:db8::/32`],
  );
}

function isCidr(cidr: string): boolean {
  const [address = '', bits = '', ...rest] = cidr.split('/');
  const version = isIP(address);
  return (
    rest.length === 0 && version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
  );
}

function channelProblems({ channels }: CheckedConfig): string[] {
  return [
    ...unless(
      /^[\w-]+$/.test(channels.push.applicationId),
      `channels.push.applicationId "${channels.push.applicationId}": expected the id of a push application`,
    ),
    ...unless(
      isAddress(channels.email.fromAddress),
      `channels.email.fromAddress "${channels.email.fromAddress}": expected an e-mail address`,
    ),
    ...unless(
      /^[\w+-]+$/.test(channels.sms.originationIdentity),
      `channels.sms.originationIdentity "${channels.sms.originationIdentity}": expected a phone number, sender or pool id`,
    ),
    ...unless(
      channels.kakao === undefined || /^https:\/\/[^\s]+$/.test(channels.kakao.providerUrl),
      `channels.kakao.providerUrl "${channels.kakao?.providerUrl}": expected an https address`,
    ),
  ];
}

function collectorProblems({ collector }: CheckedConfig): string[] {
  return [
    ...unless(
      collector.allowedOrigins.length > 0,
      'collector.allowedOrigins is empty: name the origins, or ["*"]',
    ),
    ...collector.allowedOrigins.flatMap((origin) =>
      unless(
        origin === '*' || /^https?:\/\/[\w.-]+(:\d+)?$/.test(origin),
        `collector.allowedOrigins "${origin}": expected "*" or an origin such as https://shop.example.com`,
      ),
    ),
    ...wholeProblems('collector.requestsPerSecond', collector.requestsPerSecond, 1, 10_000),
    ...wholeProblems('collector.burst', collector.burst, 1, 5_000),
  ];
}

/** An occurrence may be a day after the last: what is later than that would stand in the next one's way. */
const LONGEST_LATE_MINUTES = 24 * 60;

const sendingProblems = ({ missedAfterMinutes, ratePerMinute, heldFromMembers }: SendingConfig): string[] => [
  ...wholeProblems('sending.missedAfterMinutes', missedAfterMinutes, 1, LONGEST_LATE_MINUTES),
  ...wholeProblems('sending.ratePerMinute', ratePerMinute ?? 1, 1, 1_200_000),
  ...wholeProblems('sending.heldFromMembers', heldFromMembers ?? 1, 1, 1_000_000_000),
];

function retentionProblems(retention: RetentionConfig): string[] {
  return [
    ...wholeProblems('retention.eventsDays', retention.eventsDays, 1, 3_650),
    ...wholeProblems('retention.quarantineDays', retention.quarantineDays, 1, 30),
    ...wholeProblems('retention.ledgerDays', retention.ledgerDays, 1, 3_650),
    ...wholeProblems('retention.workDays', retention.workDays, 2, 365),
    ...wholeProblems('retention.streamHours', retention.streamHours, 24, 8_760),
    ...unless(
      LOG_DAYS.includes(retention.logsDays),
      `retention.logsDays ${retention.logsDays}: CloudWatch knows ${LOG_DAYS.join(', ')}`,
    ),
  ];
}

function limitProblems(checked: CheckedConfig): string[] {
  const { streamShards, athenaScanLimitGb, importRoleNames, hookFunctionNames, recipients = [] } = checked;
  return [
    ...(streamShards === 'on-demand' ? [] : wholeProblems('streamShards', streamShards, 1, 200)),
    ...wholeProblems('athenaScanLimitGb', athenaScanLimitGb, 1, 100_000),
    ...importRoleNames.flatMap((name) =>
      unless(
        /^[\w+=,.@-]{1,64}$/.test(name),
        `importRoleNames "${name}": expected the name of a role, not its ARN`,
      ),
    ),
    ...recipients.flatMap((entry) =>
      unless(
        entry.length > 0 && !/[\s,]/.test(entry),
        `recipients "${entry}": expected an address, "*@example.com", "user:<userId>" or "*"`,
      ),
    ),
    ...hookFunctionNames.flatMap((name) =>
      unless(
        /^[\w-]{1,64}$/.test(name),
        `hookFunctionNames "${name}": expected the name of a function, without its version and not its ARN`,
      ),
    ),
  ];
}
