/** The tracker itself, in whatever world it runs. */
import type { Calls, Options, Repoint } from './api.ts';
import { envelope, nameless, type Properties, type TrackedEvent } from './envelope.ts';
import { EVENTS, TELLING } from './generated/names.ts';
import { createPages } from './pages.ts';
import { createQueue } from './queue.ts';
import { createSender } from './sender.ts';
import { utmOf } from './utm.ts';
import { createVisitor, VISITOR_KEY } from './visitor.ts';
import type { World } from './world.ts';

type Running = Omit<Calls, 'init' | 'track'> & {
  /** `at`: when it happened, epoch ms. */
  track(name: string, properties: Properties | undefined, at: number): void;
};

function start(world: World, options: Options): Running {
  const queue = createQueue(world.store);
  const sender = createSender(queue, world);
  const visitor = createVisitor(world);
  const pages = createPages();
  let consent: boolean | undefined;

  const running: Running = {
    track(name, properties, at) {
      const page = pages.told(world.page(), name === 'page_view');
      const told = TELLING.includes(name) && properties?.['user_id'];
      if (told) visitor.identify(told);
      const id = world.uuid();
      const made = envelope(name, properties, {
        ...visitor.seen(at, utmOf(page.url)),
        id,
        at,
        consent,
        page,
        device: world.device(),
      });
      const event = consent === false ? nameless(made) : made;
      if (event && queue.add(at, id, JSON.stringify(event))) sender.soon();
      else world.warn(`${name} was not sent: ${event ? 'too large' : 'no consent'}`);
    },
    identify: visitor.identify,
    reset: visitor.reset,
    consent(analytics) {
      // What a consent manager says that is no answer ('denied', null) allows nothing.
      consent = analytics === true;
      if (consent) {
        queue.remember();
        visitor.remember();
      } else {
        visitor.forget();
        queue.forget((text) => withoutNames(text));
      }
    },
    flush: sender.flush,
  };

  /** A shop's router sets the title after the address, and the page may say who is there right after `init`. */
  const show = (again: boolean): void => {
    const at = world.now();
    world.after(0, () => {
      if (again || pages.isNew(world.page().url)) running.track('page_view', undefined, at);
    });
  };

  queue.adopt(world.now());
  if (options.consent !== undefined) running.consent(options.consent);
  world.onLeave(sender.leave);
  world.onOnline(sender.resume);
  world.onRemoved(VISITOR_KEY, () => running.consent(false));
  if (options.autoPageView !== false) {
    show(true);
    world.onShown(show);
  }
  if (queue.size() > 0) sender.soon();
  return running;
}

function withoutNames(text: string): string | undefined {
  const event = nameless(JSON.parse(text) as TrackedEvent);
  return event && JSON.stringify(event);
}

const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Hands over the world once the page is there to be seen. */
export type Open = (options: Options, opened: (world: World) => void) => void;

/** Nothing of the world but the clock is touched before `init`; a call never throws into the page's own script. */
export function createTracker(open: Open, now: () => number): Repoint {
  let given: Options | undefined;
  let use: ((one: (running: Running) => unknown) => void) | undefined;
  const early: ((running: Running) => unknown)[] = [];

  const call = (one: (running: Running) => unknown): void => void (use ? use(one) : early.push(one));
  const track = (name: string, properties?: Properties): void => {
    const at = now();
    call((running) => running.track(name, properties, at));
  };

  const calls: Record<string, unknown> = {
    init(options: Options) {
      if (given) return;
      given = options;
      open(options, (world) => {
        const running = start(world, options);
        use = (one) => {
          try {
            one(running);
          } catch (error) {
            world.warn(error);
          }
        };
        early.forEach(use);
      });
    },
    track,
    identify: (userId: string) => call((running) => running.identify(userId)),
    reset: () => call((running) => running.reset()),
    consent: (analytics: boolean) => call((running) => running.consent(analytics)),
    flush: () => new Promise((resolve) => call((running) => running.flush().then(resolve))),
  };
  for (const name of EVENTS) calls[camelCase(name)] ??= (properties?: Properties) => track(name, properties);
  return calls as unknown as Repoint;
}
