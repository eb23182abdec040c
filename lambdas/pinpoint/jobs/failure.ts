/** Ends an import job as FAILED: another try would end the same way. The message goes to the caller. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure';
}
