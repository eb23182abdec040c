/** What Athena charges (https://aws.amazon.com/athena/pricing, the same in Seoul as in Virginia), without tax. Pure. */
const USD_PER_TERABYTE = 5;
const MEGABYTE = 1024 ** 2;
const TERABYTE = 1024 ** 4;
/** Each statement is charged for at least so much. */
const LEAST_BYTES = 10 * MEGABYTE;

/** US dollars of one statement that reads so many bytes; they are counted in whole megabytes. */
export function athenaCost(scannedBytes: number): number {
  const charged = Math.max(LEAST_BYTES, Math.ceil(scannedBytes / MEGABYTE) * MEGABYTE);
  return Number(((charged / TERABYTE) * USD_PER_TERABYTE).toFixed(6));
}
