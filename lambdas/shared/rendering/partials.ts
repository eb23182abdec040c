/** A template may grow by its partials, each of which may call others: this many calls and characters at most. */
const MAX_CALLS = 1_000;
const MAX_CHARACTERS = 5_000_000;

/** A partial, or the template itself: what it has and whom it calls. */
interface Body {
  characters: number;
  readonly calls: Body[];
}

/** The inline partials of a template, by the blocks they are defined in, gathered on a walk over its syntax. */
export class Partials {
  readonly main: Body = { characters: 0, calls: [] };
  readonly problems = new Set<string>();
  readonly #scopes: Map<string, Body>[] = [];
  readonly #bodies: Body[] = [this.main];

  /** Walks a block, whose own partials are known in all of it and in the blocks inside. */
  within({ body }: hbs.AST.Program, walk: () => void): void {
    const names = body.flatMap((node) => {
      const [name] = node.type === 'DecoratorBlock' ? (node as hbs.AST.DecoratorBlock).params : [];
      return name?.type === 'StringLiteral' ? [(name as hbs.AST.StringLiteral).value] : [];
    });
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.problems.add(`the partial ${twice} is there twice`);
    this.#scopes.push(new Map(names.map((name) => [name, { characters: 0, calls: [] }])));
    walk();
    this.#scopes.pop();
  }

  /** Walks the definition of a partial. */
  inside(name: string, walk: () => void): void {
    const body = this.#find(name);
    if (!body) return;
    this.#bodies.push(body);
    walk();
    this.#bodies.pop();
  }

  /** The body that is walked calls a partial. */
  call(name: string): void {
    const body = this.#find(name);
    if (body) this.#bodies.at(-1)?.calls.push(body);
    else
      this.problems.add(
        `the partial ${name} is not there; it is written {{#* inline "${name}"}}…{{/inline}}`,
      );
  }

  /** The body that is walked has so many characters more. */
  add(characters: number): void {
    const body = this.#bodies.at(-1);
    if (body) body.characters += characters;
  }

  #find(name: string): Body | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name);
  }
}

/** What a body becomes with all that it calls; undefined when it calls itself. */
function grown(body: Body, known: Map<Body, { calls: number; characters: number } | undefined>) {
  if (known.has(body)) return known.get(body);
  // Met again before it is known, it is on the way to itself.
  known.set(body, undefined);
  const whole = { calls: 0, characters: body.characters };
  for (const called of body.calls) {
    const part = grown(called, known);
    if (!part) return undefined;
    whole.calls += 1 + part.calls;
    whole.characters += part.characters;
  }
  known.set(body, whole);
  return whole;
}

/** What is wrong with a template's partials. Recursion is refused even where no value leads there. */
export function partialProblems({ main, problems }: Partials): string[] {
  const whole = grown(main, new Map());
  if (!whole) return [...problems, 'a partial calls itself'];
  const { calls, characters } = whole;
  if (calls > MAX_CALLS)
    problems.add(`its partials are called ${calls} times; at most ${MAX_CALLS} are allowed`);
  if (characters > MAX_CHARACTERS)
    problems.add(`with its partials it has ${characters} characters; at most ${MAX_CHARACTERS} are allowed`);
  return [...problems];
}
