import { buildApp, type FauxqsServer } from 'fauxqs';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = NonNullable<ReturnType<SqsStore['getQueueByName']>>;
export type SqsMessage = NonNullable<ReturnType<FauxqsServer['inspectQueue']>>['messages']['ready'][number];
export type FauxqsApp = ReturnType<typeof buildApp>;

interface StoreModules {
  SqsStore: new () => SqsStore;
  SnsStore: new () => Stores['snsStore'];
  S3Store: new () => Stores['s3Store'];
}

/**
 * fauxqs with its SQS store in our hands. Its own `startFauxqs` listens on every address and names queues by hosts
 * that need not resolve; the store is not exported, so it is loaded by its file (the version is pinned).
 */
export async function fauxqs(): Promise<{ app: FauxqsApp; store: SqsStore }> {
  const root = import.meta.resolve('fauxqs');
  const load = async (path: string) => (await import(new URL(path, root).href)) as Partial<StoreModules>;
  const { SqsStore, SnsStore, S3Store } = {
    ...(await load('./sqs/sqsStore.js')),
    ...(await load('./sns/snsStore.js')),
    ...(await load('./s3/s3Store.js')),
  } as StoreModules;
  const store = new SqsStore();
  store.region = 'ap-northeast-2';
  const stores = { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() };
  return { app: buildApp({ logger: false, stores }), store };
}
