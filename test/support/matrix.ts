/**
 * Whether every cell of the large matrices is gone through (`npm run test:matrix`). `npm test` goes through a part of them
 * that holds each value of each dimension.
 */
export const WHOLE = process.env['REPOINT_MATRIX'] === 'whole';
