/** SQL text as a tree, by Trino's own grammar (Athena's engine). Pure. */
import {
  type ATNSimulator,
  BaseErrorListener,
  CharStreams,
  CommonTokenStream,
  PredictionMode,
  type RecognitionException,
  type Recognizer,
  type Token,
} from 'antlr4ng';
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import {
  type QueryContext,
  StatementDefaultContext,
  TrinoSqlParser,
} from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';

/** Of a text, in characters. */
export const LONGEST_SQL = 10_000;
/** Brackets within brackets, of either kind: the time to read those that do not fit grows with their square and more. */
export const DEEPEST_SQL = 32;
const ONE = 'allowed: exactly one SELECT (it may begin with WITH)';

export type Sql = { readonly query: QueryContext } | { readonly problem: string };

/** The one query that a text is, or what is wrong with it: words that go on after the field's name. */
export function readSql(text: string): Sql {
  if (text.trim() === '') return { problem: `is empty; ${ONE}` };
  if (text.length > LONGEST_SQL)
    return { problem: `has ${text.length} characters; allowed: at most ${LONGEST_SQL}` };
  const errors = new Errors();
  const lexer = new TrinoSqlLexer(CharStreams.fromString(text));
  lexer.removeErrorListeners();
  lexer.addErrorListener(errors);
  const tokens = new CommonTokenStream(lexer);
  tokens.fill();
  const problem = tokensProblem(tokens.getTokens());
  if (problem !== undefined) return { problem };
  const statements = statementsOf(tokens, errors);
  if (errors.first !== undefined)
    return { problem: `cannot be read as Trino SQL (line ${errors.first}); ${ONE}` };
  const [statement, ...more] = statements.map((each) => each.singleStatement().statement());
  if (statement === undefined || more.length > 0)
    return { problem: `has ${statements.length} statements; ${ONE}` };
  if (!(statement instanceof StatementDefaultContext))
    return { problem: `begins with ${text.trim().split(/\s/)[0]}: it is read-only; ${ONE}` };
  const root = statement.rootQuery();
  if (root.withFunction() !== null) return { problem: `defines a function; ${ONE}` };
  return { query: root.query() };
}

/**
 * What is read without a fault is read right, whichever way it was predicted; the way that knows where it stands takes a
 * thousand times as long for brackets within each other, and is gone for the faults that it alone does not find.
 */
function statementsOf(tokens: CommonTokenStream, errors: Errors) {
  const parser = new TrinoSqlParser(tokens);
  parser.removeErrorListeners();
  parser.interpreter.predictionMode = PredictionMode.SLL;
  const read = parser.program();
  if (parser.numberOfSyntaxErrors === 0) return read.statements();
  tokens.seek(0);
  parser.reset();
  parser.interpreter.predictionMode = PredictionMode.LL;
  parser.addErrorListener(errors);
  return parser.program().statements();
}

class Errors extends BaseErrorListener {
  /** `<line>:<column> <what>` of the first. */
  first: string | undefined;

  override syntaxError<S extends Token, T extends ATNSimulator>(
    _recognizer: Recognizer<T>,
    _token: S | null,
    line: number,
    column: number,
    message: string,
    _error: RecognitionException | null,
  ): void {
    // The grammar tells every word that might have stood there.
    this.first ??= `${line}, column ${column + 1}: ${message.replace(/ expecting .*$/s, '').slice(0, 200)}`;
  }
}

/** What no query needs, and what would be dear to parse. */
function tokensProblem(tokens: readonly Token[]): string | undefined {
  for (const { type, text } of tokens) {
    if (type === TrinoSqlLexer.SEMICOLON) return `has a ";"; leave it out; ${ONE}`;
    if (type === TrinoSqlLexer.QUESTION_MARK) return 'has a parameter "?"; allowed: the value itself';
    if (type === TrinoSqlLexer.BACKQUOTED_IDENTIFIER)
      return `has the name ${text ?? ''}; allowed: names without quotes, or in double quotes`;
  }
  return depthProblem(tokens.flatMap(({ text }) => (text?.trim() ? [text] : [])));
}

/** What lies within another: in brackets, behind an arrow, behind a sign. */
function depthProblem(words: readonly string[]): string | undefined {
  let [brackets, arrows, signs] = [0, 0, 0];
  for (const word of words) {
    if (word === '(' || word === '[') brackets++;
    if (word === ')' || word === ']') brackets--;
    if (word === '->') arrows++;
    signs = word === '-' || word === '+' ? signs + 1 : 0;
    if (brackets > DEEPEST_SQL) return `has more than ${DEEPEST_SQL} brackets within each other`;
    if (arrows > DEEPEST_SQL) return `has more than ${DEEPEST_SQL} "->"`;
    if (signs > DEEPEST_SQL) return `has more than ${DEEPEST_SQL} signs one after the other`;
  }
  return undefined;
}
