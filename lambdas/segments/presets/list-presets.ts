import type { Rule } from '../rule/rule.ts';
import { type Sentences, sentencesOf } from '../rule/sentences/sentences.ts';
import { PRESETS } from './all.ts';
import { expandPreset } from './expand-preset.ts';
import type { Parameter, Preset, Told } from './preset.ts';

/** A preset as a builder shows it. */
export interface PresetView {
  readonly name: string;
  readonly title: Told;
  readonly description: Told;
  readonly parameters: readonly Parameter[];
  /** What it stands for with its defaults; with examples where a parameter has none. */
  readonly rule: Rule;
  readonly sentences: Sentences;
}

/** Stands for the text of a parameter without a default. */
const EXAMPLE = '…';

/** All presets, with their thresholds as sentences. */
export const listPresets = (): readonly PresetView[] => PRESETS.map(viewOf);

function viewOf({ name, title, description, parameters }: Preset): PresetView {
  const examples = parameters.flatMap((one) =>
    one.default === undefined ? [[one.name, EXAMPLE] as const] : [],
  );
  const rule = expandPreset({ preset: name, with: Object.fromEntries(examples) });
  return { name, title, description, parameters, rule, sentences: sentencesOf(rule) };
}
