import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface DynamoChild {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

async function portOf(child: ChildProcess): Promise<number> {
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`The local DynamoDB ended with ${code} before it was ready`);
  });
  const [message] = (await Promise.race([once(child, 'message'), exit])) as [{ port: number }];
  exit.catch(() => undefined);
  return message.port;
}

/** Starts dynalite on the LevelDB folder `path`, in a process that lives no longer than this one. */
export async function startChild(path: string): Promise<DynamoChild> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [path], {
    execArgv: ['--import', tsx],
    // dynalite takes the account and region of its ARNs from here.
    env: { ...process.env, AWS_ACCOUNT_ID: '000000000000', AWS_REGION: 'ap-northeast-2' },
  });
  const port = await portOf(child);
  let stopping = false;
  child.on('exit', (code) => {
    if (!stopping) console.error(`The local DynamoDB ended unexpectedly with ${code}`);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
