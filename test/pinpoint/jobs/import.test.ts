import { gzipSync } from 'node:zlib';
import {
  BadRequestException,
  CreateImportJobCommand,
  DeleteSegmentCommand,
  type EndpointRequest,
  GetEndpointCommand,
  GetImportJobCommand,
  GetImportJobsCommand,
  GetSegmentCommand,
  GetSegmentImportJobsCommand,
  GetSegmentsCommand,
  GetSegmentVersionCommand,
  GetSegmentVersionsCommand,
  type ImportJobRequest,
  type ImportJobResponse,
  NotFoundException,
  type PinpointClient,
} from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SegmentLine } from '../../../lambdas/pinpoint/ports.ts';
import { type Engine, newApp, startEngine } from '../support/engine.ts';

const ROLE = 'arn:aws:iam::123456789012:role/import';
let engine: Engine;
let client: PinpointClient;
let app: string;
let folder: string;
let count = 0;
beforeAll(async () => {
  engine = await startEngine();
  client = engine.client;
});
afterAll(() => engine.close());
beforeEach(async () => {
  app = await newApp(client);
  folder = `case-${++count}/`;
  engine.queued.length = 0;
});

const put = (name: string, body: string | Uint8Array) => engine.files.put(folder + name, body);
const create = async (request: Partial<ImportJobRequest> = {}): Promise<ImportJobResponse> => {
  const answer = await client.send(
    new CreateImportJobCommand({
      ApplicationId: app,
      ImportJobRequest: {
        Format: 'JSON',
        S3Url: `s3://${engine.files.sourceBucket}/${folder}`,
        RoleArn: ROLE,
        DefineSegment: true,
        ...request,
      },
    }),
  );
  if (!answer.ImportJobResponse) throw new Error('No job in the answer');
  return answer.ImportJobResponse;
};
const jobOf = async (JobId: string | undefined): Promise<ImportJobResponse> => {
  const answer = await client.send(new GetImportJobCommand({ ApplicationId: app, JobId }));
  if (!answer.ImportJobResponse) throw new Error('No job in the answer');
  return answer.ImportJobResponse;
};
const imported = async (request: Partial<ImportJobRequest> = {}): Promise<ImportJobResponse> => {
  const { Id } = await create(request);
  await engine.work();
  return jobOf(Id);
};
const segment = async (SegmentId: string | undefined) => {
  const answer = await client.send(new GetSegmentCommand({ ApplicationId: app, SegmentId }));
  return answer.SegmentResponse;
};
const linesOf = async (segmentId: string | undefined, version = 1): Promise<SegmentLine[]> => {
  const lines: SegmentLine[] = [];
  for await (const chunk of engine.lists.read(app, segmentId ?? '', version)) lines.push(...chunk);
  return lines;
};
const users = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `{"User":{"UserId":"u${from + n}"}}\n`).join('');

describe('a list of users', () => {
  it('becomes a segment that holds them in the order of the objects, compressed or not', async () => {
    await put('b.gz', gzipSync(users(1000, 2500)));
    await put('a.json', users(0, 1000).trimEnd());
    const made = await create({ SegmentName: '장바구니' });
    expect(made).toMatchObject({ JobStatus: 'CREATED', Type: 'IMPORT', ApplicationId: app });
    await engine.work();
    const job = await jobOf(made.Id);
    expect(job).toMatchObject({
      JobStatus: 'COMPLETED',
      TotalPieces: 2,
      CompletedPieces: 2,
      FailedPieces: 0,
      TotalProcessed: 2500,
      TotalFailures: 0,
      Failures: [],
    });
    expect(Date.parse(job.CompletionDate ?? '')).not.toBeNaN();
    const SegmentId = job.Definition?.SegmentId;
    expect(await segment(SegmentId)).toMatchObject({
      Name: '장바구니',
      SegmentType: 'IMPORT',
      Version: 1,
      ImportDefinition: { Size: 2500, Format: 'JSON', RoleArn: ROLE, S3Url: made.Definition?.S3Url },
    });
    expect(await linesOf(SegmentId)).toEqual(Array.from({ length: 2500 }, (_, n) => ({ u: `u${n}` })));
    expect(await engine.lists.segment(app, SegmentId ?? '', 1)).toMatchObject({ kind: 'users', size: 2500 });
  });

  it('may be one object, and then only that one is read', async () => {
    await put('list', users(0, 3));
    await put('list.bak', users(0, 9));
    const job = await imported({ S3Url: `s3://${engine.files.sourceBucket}/${folder}list` });
    expect(job).toMatchObject({ TotalPieces: 1, TotalProcessed: 3 });
  });

  it('counts and names bad lines, at most a hundred, and keeps the good ones', async () => {
    const bad = ['', '{', '[]', '{"User":{"UserId":3}}', '{"Usr":{}}', '{}', '{"User":{"UserId":"a#b"}}'];
    const mixed = '{"ChannelType":"EMAIL","Address":"a@example.com"}';
    await put('1.json', `${users(0, 2)}${[...bad, mixed].join('\n')}\n${users(2, 3)}${'x\n'.repeat(200)}`);
    const job = await imported();
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', TotalProcessed: 211, TotalFailures: 208 });
    expect(job.Failures).toHaveLength(100);
    for (const says of [
      /1\.json line 3: the line is empty/,
      /line 4: not valid JSON/,
      /line 6: User\.UserId is 3; expected a string/,
      /line 7: Usr is not a member .*nearest: User/,
      /line 8: there is neither an address nor a User\.UserId/,
      /line 10: the line is one of endpoints, but the list is one of users/,
    ]) {
      expect(job.Failures).toContainEqual(expect.stringMatching(says));
    }
    expect(await linesOf(job.Definition?.SegmentId)).toEqual([{ u: 'u0' }, { u: 'u1' }, { u: 'u2' }]);
  });
});

describe('a list of endpoints', () => {
  const csv = [
    '\uFEFFId,ChannelType,Address,User.UserId,User.UserAttributes.tags,User.UserAttributes.tags,Location.Latitude,Metrics.score,Attributes.plan',
    'e1,EMAIL,a@example.com,u1,"x, y",z,37.5,2,gold',
    ',SMS,+821000000000,u1,,,,,',
    'e3,EMAIL,c@example.com,u2,,,north,,',
    'e4,EMIAL,d@example.com,u2,,,,,',
    'e5,EMAIL',
    '',
  ].join('\r\n');

  it('is read from CSV with dotted headers, and registered when the job says so', async () => {
    await put('list.csv', csv);
    const job = await imported({ Format: 'CSV', RegisterEndpoints: true });
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', TotalProcessed: 5, TotalFailures: 3 });
    expect(job.Failures?.join('\n')).toMatch(
      /Location\.Latitude is "north"[\s\S]*ChannelType is "EMIAL"[\s\S]*2 cells/,
    );
    const SegmentId = job.Definition?.SegmentId;
    expect((await segment(SegmentId))?.ImportDefinition?.ChannelCounts).toEqual({ EMAIL: 1, SMS: 1 });
    const lines = await linesOf(SegmentId);
    expect(lines[0]).toEqual({ e: 'e1', u: 'u1', c: 'EMAIL', a: 'a@example.com' });
    const endpoint = async (EndpointId: string) =>
      (await client.send(new GetEndpointCommand({ ApplicationId: app, EndpointId }))).EndpointResponse;
    expect(await endpoint('e1')).toMatchObject({
      Location: { Latitude: 37.5 },
      Metrics: { score: 2 },
      Attributes: { plan: ['gold'] },
      User: { UserId: 'u1', UserAttributes: { tags: ['x, y', 'z'] } },
    } satisfies EndpointRequest);
    const unnamed = lines[1] as { e: string };
    expect((await endpoint(unnamed.e))?.Address).toBe('+821000000000');
  });

  it('is not registered otherwise', async () => {
    await put('list.csv', csv);
    await imported({ Format: 'CSV' });
    const read = client.send(new GetEndpointCommand({ ApplicationId: app, EndpointId: 'e1' }));
    await expect(read).rejects.toBeInstanceOf(NotFoundException);
  });

  it('takes what GetEndpoint answers, as an export writes it', async () => {
    await put(
      'e.json',
      '{"Id":"e","ChannelType":"EMAIL","Address":"a@example.com","CohortId":"7","ApplicationId":"old","CreationDate":"2020-01-01T00:00:00Z"}',
    );
    const job = await imported({ RegisterEndpoints: true, DefineSegment: false });
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', TotalFailures: 0 });
    const { EndpointResponse } = await client.send(
      new GetEndpointCommand({ ApplicationId: app, EndpointId: 'e' }),
    );
    expect(EndpointResponse?.ApplicationId).toBe(app);
    expect(EndpointResponse?.CreationDate).not.toMatch(/^2020/);
  });
});

describe('a job that cannot succeed', () => {
  const failed = async (request: Partial<ImportJobRequest> = {}) => {
    const job = await imported(request);
    expect(job.JobStatus).toBe('FAILED');
    expect(job.Definition?.DefineSegment).toBe(true);
    await expect(segment(job.Definition?.SegmentId)).rejects.toBeInstanceOf(NotFoundException);
    return job.Failures?.[0] ?? '';
  };

  it('is FAILED and says why', async () => {
    expect(await failed()).toMatch(/There is nothing at s3:/);
    expect(await failed({ S3Url: 's3://no-such-bucket/x' })).toMatch(/refused to list.*NoSuchBucket/);
    await put('bad.csv', 'Id,Adress\n1,2\n');
    expect(await failed({ Format: 'CSV' })).toMatch(/header "Adress".*nearest: Address/);
    await put('bad.csv', 'x\n');
    expect(await failed()).toMatch(/Every line failed/);
  });

  it('is FAILED when an object is cut off in the middle of its compression', async () => {
    await put('cut.gz', gzipSync(users(0, 5000)).subarray(0, 4000));
    expect(await failed()).toMatch(/unexpected end of file/);
  });

  it('is refused before it is stored when the request is wrong', async () => {
    for (const [request, says] of [
      [{ Format: 'XML' as 'CSV' }, /Format is "XML"; allowed: CSV, JSON/],
      [{ S3Url: 'https://x' }, /S3Url/],
      [{ RoleArn: 'role' }, /RoleArn/],
      [{ DefineSegment: false }, /Neither DefineSegment nor RegisterEndpoints/],
    ] as const) {
      const error = await create(request).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BadRequestException);
      expect((error as Error).message).toMatch(says);
    }
    await expect(create({ SegmentId: 'none' })).rejects.toBeInstanceOf(NotFoundException);
    expect(engine.queued).toEqual([]);
  });
});

describe('a job whose message comes again', () => {
  it('makes no second version and no second list', async () => {
    await put('a.json', users(0, 10));
    const { Id } = await create();
    const [message] = engine.queued;
    await engine.work();
    if (message) engine.queued.push(message, message);
    await engine.work();
    await engine.work();
    const job = await jobOf(Id);
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', TotalProcessed: 10 });
    expect((await segment(job.Definition?.SegmentId))?.Version).toBe(1);
    expect(await linesOf(job.Definition?.SegmentId)).toHaveLength(10);
  });

  it('goes on after the last finished object when time ran short', async () => {
    for (let n = 0; n < 4; n++) await put(`${n}.json`, users(n * 10, n * 10 + 10));
    const { Id } = await create();
    let looks = 0;
    await engine.work({ remainingMs: () => (++looks > 2 ? 1_000 : 900_000) });
    expect(await jobOf(Id)).toMatchObject({ JobStatus: 'PROCESSING', CompletedPieces: 2, TotalPieces: 4 });
    await engine.work();
    const job = await jobOf(Id);
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', CompletedPieces: 4, TotalProcessed: 40 });
    expect(await linesOf(job.Definition?.SegmentId)).toEqual(
      Array.from({ length: 40 }, (_, n) => ({ u: `u${n}` })),
    );
  });

  it('counts an object’s lines once when the job was cut short after it', async () => {
    await put('0.json', users(0, 10));
    await put('1.json', users(10, 20));
    const { Id } = await create();
    let looks = 0;
    const crashes = engine.work({
      remainingMs: () => {
        if (++looks === 2) throw new Error('crash');
        return 900_000;
      },
    });
    await expect(crashes).rejects.toThrow('crash');
    expect(await jobOf(Id)).toMatchObject({ JobStatus: 'PROCESSING', CompletedPieces: 1 });
    await engine.work({ receiveCount: 2 });
    expect(await jobOf(Id)).toMatchObject({ JobStatus: 'COMPLETED', TotalProcessed: 20 });
  });

  it('is FAILED on its last try, so that nobody waits for it', async () => {
    await put('0.json', users(0, 10));
    const { Id } = await create();
    const crash = () => {
      throw new Error('crash');
    };
    await expect(engine.work({ receiveCount: 2, remainingMs: crash })).rejects.toThrow('crash');
    expect((await jobOf(Id)).JobStatus).toBe('PROCESSING');
    await expect(engine.work({ receiveCount: 3, remainingMs: crash })).rejects.toThrow('crash');
    expect((await jobOf(Id)).JobStatus).toBe('FAILED');
  });

  it('is told by its Idempotency-Key and runs once', async () => {
    await put('a.json', users(0, 3));
    const withKey = async () => {
      const command = new CreateImportJobCommand({
        ApplicationId: app,
        ImportJobRequest: {
          Format: 'JSON',
          S3Url: `s3://${engine.files.sourceBucket}/${folder}`,
          RoleArn: ROLE,
          DefineSegment: true,
        },
      });
      command.middlewareStack.add(
        (next) => (args) => {
          (args.request as { headers: Record<string, string> }).headers['Idempotency-Key'] = 'send-1';
          return next(args);
        },
        { step: 'build' },
      );
      return (await client.send(command)).ImportJobResponse?.Id;
    };
    const first = await withKey();
    await engine.work();
    expect(await withKey()).toBe(first);
    expect(engine.queued).toEqual([]);
    const jobs = await client.send(new GetImportJobsCommand({ ApplicationId: app }));
    expect(jobs.ImportJobsResponse?.Item).toHaveLength(1);
  });
});

describe('a segment', () => {
  it('gets a version with each import, and keeps the lists of the ones before', async () => {
    await put('a.json', users(0, 5));
    const first = await imported({ SegmentName: 'members' });
    const SegmentId = first.Definition?.SegmentId ?? '';
    await put('a.json', users(5, 8));
    await create({ SegmentId });
    await create({ SegmentId });
    await Promise.all([engine.work(), engine.work()]);
    expect(await segment(SegmentId)).toMatchObject({ Version: 3, Id: SegmentId });
    expect([(await linesOf(SegmentId, 1)).length, (await linesOf(SegmentId, 3)).length]).toEqual([5, 3]);
    const versions = await client.send(
      new GetSegmentVersionsCommand({ ApplicationId: app, SegmentId, PageSize: '2' }),
    );
    expect(versions.SegmentsResponse?.Item?.map(({ Version }) => Version)).toEqual([3, 2]);
    const rest = await client.send(
      new GetSegmentVersionsCommand({
        ApplicationId: app,
        SegmentId,
        PageSize: '2',
        Token: versions.SegmentsResponse?.NextToken,
      }),
    );
    expect(rest.SegmentsResponse?.Item?.map(({ Version }) => Version)).toEqual([1]);
    const one = await client.send(
      new GetSegmentVersionCommand({ ApplicationId: app, SegmentId, Version: '1' }),
    );
    expect(one.SegmentResponse?.ImportDefinition?.Size).toBe(5);
    const jobs = await client.send(new GetSegmentImportJobsCommand({ ApplicationId: app, SegmentId }));
    expect(jobs.ImportJobsResponse?.Item).toHaveLength(3);
    const all = await client.send(new GetSegmentsCommand({ ApplicationId: app }));
    expect(all.SegmentsResponse?.Item?.map(({ Id }) => Id)).toEqual([SegmentId]);
  });

  it('is gone after deletion, with its lists', async () => {
    await put('a.json', users(0, 5));
    const { Definition } = await imported();
    const SegmentId = Definition?.SegmentId ?? '';
    expect(await engine.files.engineKeys(`segments/${app}/${SegmentId}/`)).toHaveLength(1);
    await client.send(new DeleteSegmentCommand({ ApplicationId: app, SegmentId }));
    await engine.work();
    await expect(segment(SegmentId)).rejects.toBeInstanceOf(NotFoundException);
    expect(await engine.lists.segment(app, SegmentId, 1)).toBeUndefined();
    expect(await engine.files.engineKeys(`segments/${app}/${SegmentId}/`)).toEqual([]);
  });
});
