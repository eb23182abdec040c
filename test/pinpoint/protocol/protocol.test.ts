import * as pinpoint from '@aws-sdk/client-pinpoint';
import { beforeAll, describe, expect, it } from 'vitest';
import { PinpointError } from '../../../lambdas/pinpoint/protocol/errors.ts';
import type { EngineHandler } from '../../../lambdas/pinpoint/protocol/handler.ts';
import type { Operations } from '../../../lambdas/pinpoint/protocol/operation.ts';
import { OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/schemas.aws.ts';
import { membersOf } from '../../../lambdas/pinpoint/protocol/shape.ts';
import { clientOf, raw } from '../support/client.ts';
import { handlerOf } from '../support/engine.ts';

/** Records the input an operation was called with and answers with `output`. */
function recording(outputs: Record<string, unknown>) {
  const calls: Record<string, unknown>[] = [];
  const operations = Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [
      name,
      async (input: Record<string, unknown>) => {
        calls.push(input);
        if (output instanceof Error) throw output;
        return output;
      },
    ]),
  ) as Operations;
  const handler = handlerOf(operations);
  return { calls, handler, client: clientOf(handler) };
}

const errorOf = async (promise: Promise<unknown>): Promise<pinpoint.PinpointServiceException> => {
  try {
    await promise;
  } catch (error) {
    return error as pinpoint.PinpointServiceException;
  }
  throw new Error('It did not fail');
};

describe('the schemas', () => {
  it('are all that the client has: an operation added by an update is routed, not lost', () => {
    const exported = Object.values(pinpoint).filter((value) => Array.isArray(value) && value[0] === 9);
    expect(new Set(OPERATION_SCHEMAS)).toEqual(new Set(exported));
    expect(OPERATION_SCHEMAS.length).toBeGreaterThanOrEqual(122);
  });

  it('bind every member to path, query or one payload: nothing else of a request is read', () => {
    for (const schema of OPERATION_SCHEMAS) {
      const places = membersOf(schema[4]).map(({ place }) => place);
      expect(places, schema[2]).not.toContain('body');
      expect(places.filter((place) => place === 'payload').length, schema[2]).toBeLessThanOrEqual(1);
    }
  });
});

describe('a request of the official client', () => {
  const segment = {
    ApplicationId: 'app',
    Arn: 'arn',
    CreationDate: '2026-11-01T00:00:00.000Z',
    Id: 's',
    SegmentType: 'IMPORT',
  };

  it('arrives with its labels decoded, whatever is in them', async () => {
    const { calls, client } = recording({ GetEndpoint: { EndpointResponse: { Id: 'x' } } });
    for (const EndpointId of ['us er/é@x.com', '100%', 'a+b?c#d', '한국어', 'plain', '%2F', 'a/b/../c']) {
      await client.send(new pinpoint.GetEndpointCommand({ ApplicationId: 'app 1', EndpointId }));
      expect(calls.at(-1)).toEqual({ ApplicationId: 'app 1', EndpointId });
    }
  });

  it('arrives with query, repeated query and body as the client took them', async () => {
    const { calls, client } = recording({
      GetSegments: { SegmentsResponse: { Item: [segment], NextToken: 't2' } },
      UntagResource: {},
      CreateJourney: { JourneyResponse: { ApplicationId: 'a', Id: 'j', Name: 'n' } },
      UpdateEmailTemplate: { MessageBody: { Message: 'Accepted' } },
    });
    const page = await client.send(
      new pinpoint.GetSegmentsCommand({ ApplicationId: 'a', PageSize: '20', Token: 'a=b&c' }),
    );
    expect(calls.at(-1)).toEqual({ ApplicationId: 'a', PageSize: '20', Token: 'a=b&c' });
    expect(page.SegmentsResponse).toEqual({ Item: [segment], NextToken: 't2' });

    const arn = 'arn:aws:mobiletargeting:r:1:apps/a1';
    await client.send(new pinpoint.UntagResourceCommand({ ResourceArn: arn, TagKeys: ['a', 'b c'] }));
    expect(calls.at(-1)).toEqual({ ResourceArn: arn, TagKeys: ['a', 'b c'] });

    const journey: pinpoint.CreateJourneyCommandInput = {
      ApplicationId: 'a',
      WriteJourneyRequest: {
        Name: 'n',
        Schedule: { StartTime: new Date('2026-12-01T10:00:00.500Z') },
        Activities: {
          one: {
            ConditionalSplit: { Condition: { Conditions: [{ SegmentCondition: { SegmentId: 's' } }] } },
          },
        },
      },
    };
    await client.send(new pinpoint.CreateJourneyCommand(journey));
    expect(calls.at(-1)).toEqual(journey);

    await client.send(
      new pinpoint.UpdateEmailTemplateCommand({
        TemplateName: 't',
        CreateNewVersion: true,
        EmailTemplateRequest: { Subject: 's' },
      }),
    );
    expect(calls.at(-1)).toMatchObject({ CreateNewVersion: true });
  });

  it('is answered so that the client reads back dates, lists and maps', async () => {
    const JourneyResponse = {
      ApplicationId: 'a',
      Id: 'j',
      Name: 'n',
      tags: { k: 'v' },
      Schedule: { StartTime: new Date('2026-12-01T10:00:00.500Z'), Timezone: 'UTC' },
    };
    const { client } = recording({ GetJourney: { JourneyResponse } });
    const answer = await client.send(new pinpoint.GetJourneyCommand({ ApplicationId: 'a', JourneyId: 'j' }));
    expect(answer.JourneyResponse).toEqual(JourneyResponse);
  });

  it('gets the status of the operation and the bare payload as body', async () => {
    const { handler } = recording({
      CreateApp: { ApplicationResponse: { Id: 'i', Name: 'n', Arn: 'a' } },
      UntagResource: {},
      UpdateEndpoint: { MessageBody: { Message: 'Accepted' } },
    });
    const created = await raw(handler, 'POST', '/v1/apps', '{"Name":"n"}');
    expect([created.statusCode, JSON.parse(created.body)]).toEqual([201, { Id: 'i', Name: 'n', Arn: 'a' }]);
    expect((await raw(handler, 'PUT', '/v1/apps/a/endpoints/e', '{}')).statusCode).toBe(202);
    const untagged = await raw(handler, 'DELETE', '/v1/tags/x', undefined, { tagKeys: ['a'] });
    expect([untagged.statusCode, untagged.body]).toEqual([204, '']);
  });

  it('finds the same operation behind a stage or a prefix in the path', async () => {
    const { calls, handler } = recording({ GetApp: { ApplicationResponse: {} } });
    for (const path of ['/v1/apps/a', '/pinpoint/v1/apps/a', '/prod/x/v1/apps/a']) {
      expect((await raw(handler, 'GET', path)).statusCode).toBe(200);
      expect(calls.at(-1)).toEqual({ ApplicationId: 'a' });
    }
  });
});

describe('a refused request', () => {
  let handler: EngineHandler;
  let client: pinpoint.PinpointClient;
  beforeAll(() => {
    ({ handler, client } = recording({
      CreateCampaign: {},
      CreateApp: {},
      GetApps: { ApplicationsResponse: {} },
      GetApp: new PinpointError('NotFoundException', 'There is no application x'),
      DeleteApp: new Error('secret detail'),
      UpdateEndpointsBatch: {},
    }));
  });

  it('reaches the client as the modelled error, with message and request id', async () => {
    const error = await errorOf(client.send(new pinpoint.GetAppCommand({ ApplicationId: 'x' })));
    expect(error).toBeInstanceOf(pinpoint.NotFoundException);
    expect(error.message).toBe('There is no application x');
    expect(error.$metadata).toMatchObject({ httpStatusCode: 404, requestId: 'request-1' });
    expect((error as pinpoint.NotFoundException).RequestID).toBe('request-1');
  });

  it('hides what went wrong inside', async () => {
    const error = await errorOf(client.send(new pinpoint.DeleteAppCommand({ ApplicationId: 'x' })));
    expect(error).toBeInstanceOf(pinpoint.InternalServerErrorException);
    expect(error.message).not.toContain('secret');
  });

  it('says that an operation is not there yet, whichever it is and whatever else is wrong', async () => {
    const empty = handlerOf({});
    for (const [, , name, { http }] of OPERATION_SCHEMAS) {
      const [method, uri] = http;
      const answer = await raw(empty, method, uri.replaceAll(/\{[^}]+\}/g, 'x'));
      expect(answer.statusCode, name).toBe(405);
      expect(JSON.parse(answer.body)['Message']).toBe(
        `${name} is not implemented by Repoint's engine yet; docs/pinpoint-api.md lists the operations that are`,
      );
    }
    const error = await errorOf(client.send(new pinpoint.GetSmsChannelCommand({ ApplicationId: 'x' })));
    expect(error).toBeInstanceOf(pinpoint.MethodNotAllowedException);
  });

  const wire: [
    title: string,
    method: string,
    path: string,
    body: string | undefined,
    status: number,
    type: string,
    says: RegExp,
  ][] = [
    ['an unknown path', 'GET', '/v1/nothing', undefined, 404, 'NotFoundException', /\/v1\/nothing/],
    ['an empty label', 'GET', '/v1/apps/', undefined, 404, 'NotFoundException', /./],
    [
      'a wrong method',
      'PATCH',
      '/v1/apps',
      undefined,
      405,
      'MethodNotAllowedException',
      /allowed: GET, POST/,
    ],
    [
      'broken percent-encoding',
      'GET',
      '/v1/apps/%E0%A4%A',
      undefined,
      400,
      'BadRequestException',
      /%E0%A4%A/,
    ],
    ['broken JSON', 'POST', '/v1/apps', '{"Name":', 400, 'BadRequestException', /not valid JSON/],
    [
      'no body',
      'POST',
      '/v1/apps',
      undefined,
      400,
      'BadRequestException',
      /body is missing.*CreateApplicationRequest/,
    ],
    [
      'a body that is a list',
      'POST',
      '/v1/apps',
      '[]',
      400,
      'BadRequestException',
      /The body is \[\]; expected an object/,
    ],
    ['a body where none is taken', 'GET', '/v1/apps', '{}', 400, 'BadRequestException', /takes no body/],
    ['a missing member', 'POST', '/v1/apps', '{}', 400, 'BadRequestException', /Name is missing/],
    [
      'a null required member',
      'POST',
      '/v1/apps',
      '{"Name":null}',
      400,
      'BadRequestException',
      /Name is missing/,
    ],
    [
      'a wrong type',
      'POST',
      '/v1/apps',
      '{"Name":3}',
      400,
      'BadRequestException',
      /Name is 3; expected a string/,
    ],
    [
      'a misspelt member',
      'POST',
      '/v1/apps',
      '{"Name":"n","tag":{}}',
      400,
      'BadRequestException',
      /tag is not a member of CreateApplicationRequest; nearest: tags/,
    ],
    [
      'a wrong type deep inside',
      'POST',
      '/v1/apps/a/campaigns',
      '{"AdditionalTreatments":[{"SizePercent":"5"}],"MessageConfiguration":{"GCMMessage":{"SilentPush":"no"}}}',
      400,
      'BadRequestException',
      /AdditionalTreatments\[0\]\.SizePercent is "5"; expected a number; MessageConfiguration\.GCMMessage\.SilentPush is "no"; expected true or false/,
    ],
  ];
  it.each(wire)('%s', async (_title, method, path, body, status, type, says) => {
    const answer = await raw(handler, method, path, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers?.['x-amzn-errortype']).toBe(type);
    const parsed = JSON.parse(answer.body) as Record<string, string>;
    expect(Object.keys(parsed).sort()).toEqual(['Message', 'RequestID', '__type']);
    expect(parsed['__type']).toBe(type);
    expect(parsed['Message']).toMatch(says);
  });

  it('names an unknown query parameter and the one that was meant', async () => {
    const answer = await raw(handler, 'GET', '/v1/apps', undefined, { pagesize: '5' });
    expect(JSON.parse(answer.body)['Message']).toMatch(/pagesize .*nearest: page-size/);
  });

  it('refuses a body over 7 MB with 413', async () => {
    const body = JSON.stringify({ Item: [{ Address: 'x'.repeat(7 * 1024 * 1024) }] });
    const send = client.send(
      new pinpoint.UpdateEndpointsBatchCommand({
        ApplicationId: 'a',
        EndpointBatchRequest: JSON.parse(body),
      }),
    );
    expect(await errorOf(send)).toBeInstanceOf(pinpoint.PayloadTooLargeException);
  });

  it('refuses an Idempotency-Key of more than 255 characters', async () => {
    const headers = { 'Idempotency-Key': 'k'.repeat(256) };
    const answer = await raw(handler, 'GET', '/v1/apps', undefined, {}, headers);
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)['Message']).toMatch(/Idempotency-Key has 256/);
  });
});
