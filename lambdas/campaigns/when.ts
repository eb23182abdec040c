export { instantOf } from './schedule/when.ts';
