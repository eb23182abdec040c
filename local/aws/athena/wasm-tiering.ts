import { setFlagsFromString } from 'node:v8';

/**
 * Imported before the translator, whose WebAssembly is 24 MB: optimising its warm functions takes five seconds of both
 * cores in the background of a start, to save a few milliseconds a query. Baseline code does.
 */
setFlagsFromString('--wasm-tiering-budget=1000000000');
