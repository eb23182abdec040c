/** The ES module: `import { repoint } from 'repoint.mjs'`. */
import { openBrowser } from './browser.ts';
import { createTracker } from './tracker.ts';

export const repoint = createTracker(openBrowser, Date.now);
