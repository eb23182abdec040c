import { spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_START_MS = 60_000;

export interface DynamoDbLocal {
  readonly url: string;
  stop(): void;
}

/** DynamoDB Local in memory on a free port, from the folder of its jar. Throws when it does not answer within a minute. */
export async function startDynamoDbLocal(folder: string): Promise<DynamoDbLocal> {
  const port = await freePort();
  const child = spawn(
    'java',
    [
      '-Xmx512m',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + LONGEST_START_MS;
  while (!(await answers(url))) {
    if (ended || Date.now() > end) {
      stop();
      throw new Error('DynamoDB Local does not start here (it needs Java 17)');
    }
    await sleep(250);
  }
  return { url, stop };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { method: 'POST' }).then(
    () => true,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}
