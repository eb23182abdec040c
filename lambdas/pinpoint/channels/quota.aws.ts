import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { EMAIL } from './email.ts';
import { type AccountQuota, accountQuota, type Quota } from './quota.ts';
import { CLIENT_SETTINGS } from './settings.ts';

/** SES says -1 where the account has no limit for 24 hours. */
const UNLIMITED = -1;

async function emailQuota(client: SESv2Client): Promise<Quota> {
  const { SendQuota: quota } = await client.send(new GetAccountCommand({}));
  if (quota?.MaxSendRate === undefined || quota.Max24HourSend === undefined)
    throw new Error('SES answered no SendQuota');
  const { MaxSendRate: perSecond, Max24HourSend: most, SentLast24Hours: sent = 0 } = quota;
  return { perSecond, left24h: most === UNLIMITED ? Number.POSITIVE_INFINITY : Math.max(0, most - sent) };
}

/** The quotas that AWS tells: of e-mail. Push and SMS have none that can be asked for. */
export const awsQuota = (
  clock: () => number,
  client: SESv2Client = new SESv2Client(CLIENT_SETTINGS),
): AccountQuota => accountQuota({ [EMAIL.name]: () => emailQuota(client) }, clock);
