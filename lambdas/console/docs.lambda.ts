import { apiPage, openApi } from '../../schemas/shared/generated/openapi.js';
import { get, httpHandler } from '../shared/http.ts';

export const handler = httpHandler({
  'GET /openapi.json': get(async () => ({ status: 200, body: openApi })),
  'GET /docs': get(async () => ({ status: 200, body: apiPage, contentType: 'text/html; charset=utf-8' })),
});
