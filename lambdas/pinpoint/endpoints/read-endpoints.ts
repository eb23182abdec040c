import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import { requireApp } from '../apps/app.ts';
import { notFound } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { endpointResponse, text } from './dotted.ts';
import type { EndpointRows } from './ports.ts';
import type { EndpointDeps } from './write-endpoints.ts';

/** The endpoint with its user's attributes; NotFoundException when there is none. */
export async function readEndpoint(rows: EndpointRows, appId: string, id: string): Promise<EndpointResponse> {
  const values = (await rows.endpoints([id])).get(id);
  if (!values) throw notFound(`There is no endpoint ${id} in application ${appId}`);
  const userId = text(values, 'User.UserId');
  const user = userId === undefined ? undefined : (await rows.users([userId])).get(userId);
  return endpointResponse(appId, id, { ...values, ...user?.attributes });
}

/** All endpoints of a user, each with the user's attributes; NotFoundException for an unknown user. */
export async function readUserEndpoints(
  rows: EndpointRows,
  appId: string,
  userId: string,
): Promise<EndpointResponse[]> {
  const user = (await rows.users([userId])).get(userId);
  if (!user) throw notFound(`There is no user ${userId} in application ${appId}`);
  const endpoints = await rows.endpoints(Object.keys(user.endpoints));
  return [...endpoints]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([id, values]) => endpointResponse(appId, id, { ...values, ...user.attributes }));
}

export const getEndpoint =
  ({ registry, rowsOf }: EndpointDeps): Operation<'GetEndpoint'> =>
  async ({ ApplicationId, EndpointId = '' }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    return { EndpointResponse: await readEndpoint(rowsOf(app.id), app.id, EndpointId) };
  };

export const getUserEndpoints =
  ({ registry, rowsOf }: EndpointDeps): Operation<'GetUserEndpoints'> =>
  async ({ ApplicationId, UserId = '' }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    return { EndpointsResponse: { Item: await readUserEndpoints(rowsOf(app.id), app.id, UserId) } };
  };
