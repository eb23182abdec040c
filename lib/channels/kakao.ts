import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { KAKAO_ENV } from '../../lambdas/channels/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { KakaoStore } from './kakao-store.ts';

/** Pinpoint waits 15 s for a custom channel. */
const TIMEOUT = Duration.seconds(15);

/** The custom channel that brings messages to Kakao. */
export class Kakao extends Construct {
  readonly fn: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, store: KakaoStore) {
    super(scope, id);
    this.fn = new RepointFunction(this, 'kakao', deployment, {
      name: 'channels-kakao',
      description: 'Brings messages to Kakao',
      memoryMb: 512,
      timeout: TIMEOUT,
    });
    store.grantReadTemplates(this.fn);
    store.grantReadToken(this.fn);
    this.fn.knows(KAKAO_ENV.providerUrl, deployment.config.channels.kakao?.providerUrl ?? '');
  }
}
