/** SQL text as a tree, by Trino's own grammar (Athena's engine). Pure. */
import {
  type ATNSimulator,
  BaseErrorListener,
  CharStreams,
  CommonTokenStream,
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
/** Brackets within brackets: the time to read them grows with their square. */
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
  const parser = new TrinoSqlParser(tokens);
  parser.removeErrorListeners();
  parser.addErrorListener(errors);
  const statements = parser.program().statements();
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
  let depth = 0;
  for (const { type, text } of tokens) {
    if (type === TrinoSqlLexer.SEMICOLON) return `has a ";"; leave it out; ${ONE}`;
    if (type === TrinoSqlLexer.QUESTION_MARK) return 'has a parameter "?"; allowed: the value itself';
    if (type === TrinoSqlLexer.BACKQUOTED_IDENTIFIER)
      return `has the name ${text ?? ''}; allowed: names without quotes, or in double quotes`;
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (depth > DEEPEST_SQL) return `has more than ${DEEPEST_SQL} brackets within each other`;
  }
  return undefined;
}
