import { randomUUID } from 'node:crypto';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { KAKAO_ENV } from './env.ts';
import { type CustomChannelEvent, deliverKakao } from './kakao/deliver-kakao.ts';
import { httpKakaoProvider } from './kakao/provider.http.ts';
import { secretText } from './kakao/secret-token.aws.ts';
import { dynamoKakaoTemplates } from './kakao/template-store.aws.ts';

const env = readEnv({ ...KAKAO_ENV, timeZone: SHARED_ENV.timeZone });
const deps = {
  contents: dynamoKakaoTemplates(env.table),
  moment: () => ({ now: Date.now(), timeZone: env.timeZone, newId: randomUUID }),
  provider: httpKakaoProvider({ url: env.providerUrl, token: secretText(env.tokenSecret, Date.now) }),
};

export const handler = (event: CustomChannelEvent) => deliverKakao(deps, event);
