import Handlebars from 'handlebars';
import type { RenderContext } from './context.ts';
import { type Budget, each, newBudget } from './helpers/each.ts';
import { helperNamed } from './helpers/registry.ts';
import { type Call, runCondition, runValue } from './helpers/run.ts';

/** Handlebars of its own, without its own helpers: a template gets those it calls (pinpoint.md §2.6). */
const engine = Handlebars.create();
for (const name of ['each', 'if', 'log', 'lookup', 'unless', 'with']) engine.unregisterHelper(name);
// Handlebars itself loops with it over a list that is named as a block ({{#Attributes.tags}}…).
engine.registerHelper('each', each);

const NO_PROTOTYPE = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false } as const;

/** What helpers find beside the values. */
interface Frame {
  readonly moment: RenderContext;
  readonly budget: Budget;
}

function callOf(self: unknown, params: readonly unknown[], options: Handlebars.HelperOptions): Call {
  // Handlebars gives the two parts to blocks alone, whatever its types say.
  const { fn, inverse, hash } = options as Partial<Handlebars.HelperOptions>;
  const named = hash ?? {};
  if (!fn || !inverse) return { params, named };
  return { params, named, block: { chosen: () => fn(self), otherwise: () => inverse(self) } };
}

function delegateOf(name: string): Handlebars.HelperDelegate {
  const helper = helperNamed(name);
  if (helper?.is === 'loop') return each;
  return function (this: unknown, ...args: unknown[]) {
    const options = args.pop() as Handlebars.HelperOptions;
    const call = callOf(this, args, options);
    if (helper?.is === 'condition') return runCondition(helper, call);
    if (helper?.is === 'value') return runValue(name, helper, call, (options.data as Frame).moment);
    throw new Error(`There is no helper ${name}`);
  };
}

/** A program that renders with a nested context. `html`: values are escaped for HTML. */
export function runnerOf(program: hbs.AST.Program, called: Iterable<string>, html: boolean) {
  const helpers = Object.fromEntries([...called].map((name) => [name, delegateOf(name)]));
  // As in Handlebars.java, a name that an item of a loop does not have is looked for around the loop.
  const template = engine.compile(program, { noEscape: !html, compat: true });
  return (context: object, moment: RenderContext): string => {
    const data: Frame = { moment, budget: newBudget() };
    // Partials look around loops only in contexts they are told of.
    return template(context, { ...NO_PROTOTYPE, helpers, data, depths: [context] });
  };
}
