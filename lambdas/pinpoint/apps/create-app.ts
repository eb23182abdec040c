import { createOnce } from '../create-once.ts';
import type { Registry } from '../ports.ts';
import { badRequest } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { type AppRow, appKey, appResponse } from './app.ts';

const MAX_NAME = 256;

/** CreateApp: names need not be unique, as in Pinpoint. */
export const createApp =
  (registry: Registry): Operation<'CreateApp'> =>
  async (input, ctx) => {
    const { Name, tags } = input.CreateApplicationRequest ?? {};
    if (!Name || Name.length > MAX_NAME) {
      throw badRequest(`Name has ${Name?.length ?? 0} characters; 1 to ${MAX_NAME} are allowed`);
    }
    const { stored } = await createOnce<AppRow>(
      registry,
      ctx,
      { operation: 'CreateApp', scope: '', input },
      (id) => ({
        key: appKey(id),
        row: { id, name: Name, tags: tags ?? {}, creationDate: new Date(ctx.now).toISOString() },
      }),
    );
    return { ApplicationResponse: appResponse(ctx, stored.row) };
  };
