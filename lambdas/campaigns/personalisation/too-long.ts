/** Whose messages break a limit of their channel, found by rendering them (spec §4, §6). Pure. */
import type { Problem } from '../../shared/errors.ts';
import type { RenderContext } from '../../shared/rendering/context.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Channel, Content } from '../content.ts';
import { type KakaoCheck, limitProblems } from './lengths.ts';
import { needsOf } from './needs.ts';
import { textsOf } from './personalise.ts';
import { type CompiledContent, compileContent, renderedFor } from './render-content.ts';

/** One limit, and who breaks it. */
export interface TooLong {
  /** The first member's: its field, length and limit. */
  readonly problem: Problem;
  readonly userId: string;
  members: number;
}

/** So many tell enough: rendering and measuring what is too long costs most. */
export const MOST_COUNTED = 100;

export interface LimitInput {
  readonly channel: Channel;
  /** As it is sent. */
  readonly content: Content;
  readonly moment: RenderContext;
  readonly kakao: KakaoCheck;
  /** Names whose values are known; of a Kakao part with another one nothing is said. */
  readonly isKnown: (name: string) => boolean;
}

/** Renders one variant for one member after the other, and notes whose message would break a limit. */
export class LimitWatch {
  readonly found = new Map<string, TooLong>();
  private readonly compiled: CompiledContent;
  private readonly unknown: ReadonlySet<string>;

  constructor(private readonly input: LimitInput) {
    this.compiled = compileContent(input.content);
    const open = textsOf(input.content).filter(
      ({ text }) => !needsOf([text]).required.every((name) => input.isKnown(name)),
    );
    this.unknown = new Set(open.map(({ field }) => field));
  }

  look(userId: string, values: DottedValues): void {
    if ([...this.found.values()].some(({ members }) => members >= MOST_COUNTED)) return;
    const { channel, kakao, moment } = this.input;
    const rendered = renderedFor(this.compiled, values, moment);
    if (rendered === undefined) return;
    const problems = limitProblems(channel, rendered, kakao).filter(({ field }) => this.tells(field));
    const byLimit = new Map(problems.map((problem) => [limitOf(problem), problem]));
    for (const [limit, problem] of byLimit) this.note(limit, problem, userId);
  }

  /** A text of another channel is measured with what is known of it: it will be no shorter. */
  private tells(field: string): boolean {
    return this.input.channel !== 'kakao' || !this.unknown.has(field);
  }

  private note(limit: string, problem: Problem, userId: string): void {
    const known = this.found.get(limit);
    if (known) known.members++;
    else this.found.set(limit, { problem, userId, members: 1 });
  }
}

/** A field may have several limits: the characters of a push's message, and the bytes of all of it. */
const limitOf = ({ field, message }: Problem): string => `${field} ${message.replaceAll(/"[^"]*"|\d+/g, '')}`;
