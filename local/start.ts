/**
 * npm start: the whole system on this machine, until Ctrl-C. Options: --dir <folder> of the state, --port <number>,
 * --assembly <folder> of templates and bundles when several systems share them.
 */
import { parseArgs } from 'node:util';
import { PortTaken } from './front.ts';
import { DEFAULT_PORT, DirTaken, type System, startSystem } from './system.ts';

// Lambda runs in UTC.
process.env['TZ'] = 'UTC';
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const ORPHAN_LOOK_MS = 500;

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '.local' },
    port: { type: 'string', default: String(DEFAULT_PORT) },
    assembly: { type: 'string' },
  },
});

/** The first Ctrl-C lets running work end, the second one does not wait. */
function stopWhenAsked(starting: Promise<System>): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    console.log('Stopping (again to force)');
    await (await starting).stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      void stop();
    });
  whenNpmIsGone(() => {
    if (!stopping) void stop();
  });
}

/** npm runs us through a shell that dies of a signal without passing it on: nobody else would tell us to stop. */
function whenNpmIsGone(then: () => void): void {
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, ORPHAN_LOOK_MS).unref();
}

function help({ baseUrl, apiKey, endpoints, engine }: System): string {
  return [
    '',
    `  page and outbox      ${baseUrl}/`,
    `  private API          ${endpoints.private}   x-api-key: ${apiKey}`,
    `  event collector      ${endpoints.public}/events`,
    `  Pinpoint endpoint    ${engine.endpoint}`,
    `  lake                 npm run sql -- "SELECT name, count(*) FROM events GROUP BY name"`,
    '',
    'Ctrl-C stops it; the state stays.',
  ].join('\n');
}

try {
  const starting = startSystem({
    dir: values.dir,
    port: Number(values.port),
    ...(values.assembly ? { assemblyDir: values.assembly } : {}),
  });
  stopWhenAsked(starting);
  console.log(help(await starting));
} catch (error) {
  if (!(error instanceof PortTaken || error instanceof DirTaken)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
