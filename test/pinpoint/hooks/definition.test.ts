import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../../lambdas/pinpoint/endpoints/definition.ts';

describe("an endpoint's document", () => {
  it('is nested as Pinpoint hands it to functions, without ids, its cohort among its attributes', () => {
    expect(
      definitionOf({
        ChannelType: 'EMAIL',
        Address: 'a@example.com',
        EndpointStatus: 'ACTIVE',
        OptOut: 'NONE',
        'Location.Country': 'KR',
        'Location.Latitude': 37.5,
        'Demographic.Timezone': 'Asia/Seoul',
        EffectiveDate: '2026-11-21T09:00:00.000Z',
        CreationDate: '2026-11-20T09:00:00.000Z',
        RequestId: 'request-1',
        CohortId: '42',
        'Attributes.plan': ['gold', 'old'],
        'Attributes.a.b': 'text',
        'Metrics.visits': 7,
        'User.UserId': 'u1',
        'User.UserAttributes.grade': 'A',
      }),
    ).toEqual({
      ChannelType: 'EMAIL',
      Address: 'a@example.com',
      EndpointStatus: 'ACTIVE',
      OptOut: 'NONE',
      Location: { Country: 'KR', Latitude: 37.5 },
      Demographic: { Timezone: 'Asia/Seoul' },
      EffectiveDate: '2026-11-21T09:00:00.000Z',
      CreationDate: '2026-11-20T09:00:00.000Z',
      Attributes: { plan: ['gold', 'old'], 'a.b': ['text'], CohortId: ['42'] },
      Metrics: { visits: 7 },
      User: { UserId: 'u1', UserAttributes: { grade: ['A'] } },
    });
  });

  it('has the groups that functions reach into even when they are empty', () => {
    expect(definitionOf({ ChannelType: 'SMS' })).toEqual({
      ChannelType: 'SMS',
      Location: {},
      Demographic: {},
      Attributes: {},
    });
  });
});
