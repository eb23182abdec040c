import { _, type Ajv, type CodeKeywordDefinition, type KeywordCxt } from 'ajv';

/**
 * Has validators count a text's characters only where its UTF-16 units, which are as many or more, leave the answer open.
 * ajv counts always, one by one: more than half of the time that an event's envelope takes. Answers and messages are ajv's.
 * Of validators that tell all errors.
 */
export function countFewer(ajv: Ajv): void {
  replace(ajv, 'maxLength', (cxt, counted) =>
    cxt.gen.if(_`${cxt.data}.length > ${cxt.schemaCode}`, () => counted(cxt)),
  );
  // Whatever is not empty has a character.
  replace(ajv, 'minLength', (cxt, counted) =>
    cxt.schema > 1 ? counted(cxt) : cxt.fail(_`${cxt.data}.length < ${cxt.schemaCode}`),
  );
}

/** The format `uuid` as ajv-formats has it, written out: V8 takes a third less time where it has no repetitions to count. */
export function findUuids(ajv: Ajv): void {
  const groups = [8, 4, 4, 4, 12].map((digits) => '[0-9a-f]'.repeat(digits));
  ajv.addFormat('uuid', new RegExp(`^(?:urn:uuid:)?${groups.join('-')}$`, 'i'));
}

type Check = (cxt: KeywordCxt) => void;

/** In the place where ajv has it: errors come in the order of the keywords. */
function replace(ajv: Ajv, keyword: string, check: (cxt: KeywordCxt, counted: Check) => void): void {
  const theirs = ajv.getKeyword(keyword) as CodeKeywordDefinition;
  ajv.removeKeyword(keyword);
  ajv.addKeyword({ ...theirs, keyword, before: 'pattern', code: (cxt) => check(cxt, theirs.code) });
}
