/** A campaign of the local system as a Pinpoint customer makes one: the stock client, signed requests, no marketing layer. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAppCommand,
  CreateCampaignCommand,
  CreateImportJobCommand,
  GetCampaignCommand,
  GetImportJobCommand,
  PinpointClient,
  type WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { SystemFacts } from '../../local/system-facts.ts';
import type { NewEndpoint } from './load.ts';
import { addressOf, type Channel, endpointIdOf, userIdOf } from './people.ts';

const LOOK_EVERY_MS = 100;
/** Any well-formed role is assumed by the local STS. */
const ROLE = 'arn:aws:iam::000000000000:role/repoint-local-import';

export const endpointsOf = (channel: Channel, count: number, from: number): NewEndpoint[] =>
  Array.from({ length: count }, (_, index) => {
    const id = endpointIdOf(from + index);
    return {
      id,
      request: {
        ChannelType: channel,
        Address: addressOf(channel, id),
        Attributes: { plan: ['gold'] },
        Demographic: { Timezone: 'Asia/Seoul', Platform: 'android', AppVersion: '7.12.0' },
        User: { UserId: userIdOf(id), UserAttributes: { name: ['김서연'] } },
      },
    };
  });

export function pinpointOf(facts: SystemFacts) {
  const { endpoint, region, accessKeyId, secretAccessKey } = facts.engine;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new PinpointClient({ endpoint, region, credentials });
  const s3 = new S3Client({ endpoint: facts.aws['s3'] ?? '', region, credentials, forcePathStyle: true });
  return {
    async app(name: string): Promise<string> {
      const made = await client.send(new CreateAppCommand({ CreateApplicationRequest: { Name: name } }));
      return made.ApplicationResponse?.Id ?? '';
    },
    /** A segment of the endpoints, by an import that registers none. */
    async segment(appId: string, endpoints: readonly NewEndpoint[]): Promise<string> {
      const Bucket = facts.names['bucket:work'] ?? '';
      const Key = `segments/bench/${appId}.json`;
      const lines = endpoints.map(({ id, request: { ChannelType, Address, User } }) =>
        JSON.stringify({ Id: id, ChannelType, Address, User: { UserId: User?.UserId } }),
      );
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: lines.join('\n') }));
      const request = {
        Format: 'JSON',
        S3Url: `s3://${Bucket}/${Key}`,
        RoleArn: ROLE,
        DefineSegment: true,
      } as const;
      const created = await client.send(
        new CreateImportJobCommand({ ApplicationId: appId, ImportJobRequest: request }),
      );
      const JobId = created.ImportJobResponse?.Id ?? '';
      for (;;) {
        const { ImportJobResponse: job } = await client.send(
          new GetImportJobCommand({ ApplicationId: appId, JobId }),
        );
        if (job?.JobStatus === 'COMPLETED') return job.Definition?.SegmentId ?? '';
        if (job?.JobStatus === 'FAILED') throw new Error(`The import failed: ${job.Failures?.join('; ')}`);
        await sleep(LOOK_EVERY_MS);
      }
    },
    /** Starts a campaign now; its id. */
    async start(appId: string, SegmentId: string, request: Partial<WriteCampaignRequest>): Promise<string> {
      const made = await client.send(
        new CreateCampaignCommand({
          ApplicationId: appId,
          WriteCampaignRequest: {
            Name: 'bench',
            SegmentId,
            SegmentVersion: 1,
            Schedule: { StartTime: 'IMMEDIATE' },
            ...request,
          },
        }),
      );
      return made.CampaignResponse?.Id ?? '';
    },
    async status(ApplicationId: string, CampaignId: string): Promise<string> {
      const { CampaignResponse } = await client.send(new GetCampaignCommand({ ApplicationId, CampaignId }));
      return CampaignResponse?.State?.CampaignStatus ?? '';
    },
    close(): void {
      client.destroy();
      s3.destroy();
    },
  };
}
