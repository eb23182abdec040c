import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, identityOfTags, tagsOf } from '../../../lambdas/pinpoint/channels/tags.ts';
import { originOfContext } from '../../../local/outbox/message.ts';

const LONGEST = 400;
const character = fc.constantFrom('a', '/', '_', '가', 'é', '한');
/** Ids up to the longest there may be, of any characters. */
const id = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.tuple(character, fc.integer({ min: 1, max: LONGEST })).map(([each, times]) => each.repeat(times)),
);
const identities = fc.record({ endpointId: id, userId: id }).map((ids) => ({
  ...{ messageId: 'm'.repeat(22), applicationId: 'a'.repeat(32), campaignId: 'c'.repeat(32) },
  ...{ activityId: 'b'.repeat(32), treatmentId: '10', ...ids },
}));

describe('a message’s identity', () => {
  it('travels in tags that SES takes, however long its ids are, and comes back whole', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        const tags = tagsOf(identity);
        for (const value of Object.values(tags)) expect(value).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
        expect(Object.keys(tags).length).toBeLessThanOrEqual(20);
        expect(identityOfTags(tags)).toEqual(identity);
        expect(originOfContext(tags)).toMatchObject({
          endpointId: identity.endpointId,
          userId: identity.userId,
        });
      }),
    );
  });

  it('travels in an SMS context of five entries', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        const context = contextOf(identity);
        for (const value of Object.values(context)) expect(value.length).toBeLessThanOrEqual(800);
        expect(Object.keys(context).length).toBeLessThanOrEqual(5);
        expect(identityOfTags(context)?.endpointId).toBe(identity.endpointId);
        expect(originOfContext(context)).toMatchObject({ endpointId: identity.endpointId });
      }),
    );
  });
});
