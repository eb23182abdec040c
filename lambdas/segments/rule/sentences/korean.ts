import { expandPreset, presetOf } from '../../presets/expand-preset.ts';
import { onlyOperator, testOf } from '../operators.ts';
import {
  ANY_EVENT,
  type BehaviourCondition,
  type ComputedCondition,
  type Condition,
  type EdgeCondition,
  type Filter,
  groupOf,
  type Rule,
  type WindowFields,
} from '../rule.ts';
import type { Scalar, ValueTest } from '../test.ts';
import { type Day, dayOf, isPlainName, numberText, percentText, quoted } from './amounts.ts';
import { type Particle, particleOf, withParticle } from './particles.ts';
import { simplified } from './simplify.ts';
import { COMPUTED, KOREAN_EVENTS } from './words.ts';

/** How a clause ends: before another that holds too (이고), before an alternative (이거나), before a noun (인). */
type Ending = 'and' | 'or' | 'noun';
type Clause = (ending: Ending) => string;

/** A clause that ends in a verb with these three endings. */
const verb =
  (stem: string, and: string, or: string, noun: string): Clause =>
  (ending) =>
    `${stem}${{ and, or, noun }[ending]}`;
const isA = (words: string): Clause => verb(words, '이고', '이거나', '인');
const isNotA = (words: string): Clause => verb(`${words} `, '아니고', '아니거나', '아닌');
const thereIs = (words: string): Clause => verb(`${words} `, '있고', '있거나', '있는');
const thereIsNo = (words: string): Clause => verb(`${words} `, '없고', '없거나', '없는');
const thereWas = (words: string): Clause => verb(`${words} `, '있었고', '있었거나', '있었던');
const did = (words: string): Clause => verb(`${words} `, '했고', '했거나', '한');
const didNot = (words: string): Clause => verb(`${words} 하지 `, '않았고', '않았거나', '않은');
const belongs = (words: string): Clause => verb(`${words} 해당하`, '고', '거나', '는');
const belongsNot = (words: string): Clause => verb(`${words} 해당하지 `, '않고', '않거나', '않는');

/** “등급이 ‘GOLD’이고 최근 30일 동안 구매(purchase)를 2번 이상 한 회원입니다.” */
export const inKorean = (rule: Rule): string => `${clauses(simplified(rule))} 회원입니다.`;

/** Clauses joined as the outermost group says, before a noun. */
function clauses(rule: Rule): string {
  const group = groupOf(rule);
  if (group === undefined || group.kind === 'none') return clause(rule)('noun');
  const ending = group.kind === 'all' ? 'and' : 'or';
  return group.of.map((one, index) => clause(one)(index < group.of.length - 1 ? ending : 'noun')).join(' ');
}

/** One clause; a group within stands in brackets as a case that applies or does not. */
function clause(rule: Rule): Clause {
  const group = groupOf(rule);
  if (group === undefined) return ofCondition(rule as Condition);
  if (group.kind === 'none') return belongsNot(`(${clauses({ any: group.of })} 경우)에`);
  return belongs(`(${clauses(rule)} 경우)에`);
}

function ofCondition(condition: Condition): Clause {
  if ('attribute' in condition) return predicate(named(condition.attribute), testOf(condition));
  if ('segment' in condition) return thereIs(`${text(condition.segment.normalize('NFC'))} 세그먼트에`);
  if ('list' in condition) return thereIs(`${text(condition.list)} 목록에`);
  if ('sql' in condition) return thereIs(`질의 ${text(condition.sql)}의 결과에`);
  if ('preset' in condition)
    return belongs(
      `${text(presetOf(condition.preset).title.ko)} 프리셋(${clauses(simplified(expandPreset(condition)))} 경우)에`,
    );
  if ('computed' in condition) return ofComputed(condition);
  if ('first' in condition || 'mostRecent' in condition) return ofEdge(condition);
  return ofBehaviour(condition);
}

const text = (value: string): string => quoted(value, '‘', '’');
const named = (name: string): string => (isPlainName(name) ? name : text(name));
const dayText = ({ year, month, day }: Day): string => `${year}년 ${month}월 ${day}일`;

function scalar(value: Scalar, unit = ''): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return value ? '참' : '거짓';
  return `${unit === '%' ? percentText(value) : numberText(value)}${unit}`;
}

function predicate(name: string, test: ValueTest, unit = ''): Clause {
  const subject = withParticle(name, '이/가');
  switch (test.operator) {
    case 'is':
      return isA(`${subject} ${scalar(test.bound, unit)}`);
    case 'isNot':
      return isNotA(`${subject} ${withParticle(scalar(test.bound, unit), '이/가')}`);
    case 'in':
      return isA(`${subject} ${test.bound.map((one) => scalar(one, unit)).join(', ')} 중 하나`);
    case 'atLeast':
    case 'atMost':
      return isA(`${subject} ${bounded(test.operator, test.bound, unit)}`);
    case 'contains':
      return thereIs(`${name}에 ${withParticle(text(test.bound), '이/가')} 들어`);
    case 'exists':
      return test.bound ? thereIs(subject) : thereIsNo(subject);
    case 'inMonth':
      return isA(`${subject} ${month(test.bound)}`);
    case 'inTheLastDays':
      return isA(`${subject} 최근 ${numberText(test.bound)}일 이내`);
    case 'inTheNextDays':
      return isA(`${subject} 앞으로 ${numberText(test.bound)}일 이내`);
  }
}

function month(bound: 'this' | 'next' | number): string {
  if (typeof bound === 'number') return `${bound}월`;
  return bound === 'this' ? '이번 달' : '다음 달';
}

function bounded(operator: 'atLeast' | 'atMost', bound: number | string, unit: string): string {
  if (typeof bound === 'number') return `${scalar(bound, unit)} ${operator === 'atLeast' ? '이상' : '이하'}`;
  const day = dayOf(bound);
  return `${day === undefined ? bound : dayText(day)} ${operator === 'atLeast' ? '이후' : '이전'}`;
}

/** `within`: what follows a span of time that ends now (동안, 안에). */
function when({ inTheLastDays, inTheLastHours, between }: WindowFields, within: '동안' | '안에'): string {
  if (inTheLastDays !== undefined) return `최근 ${numberText(inTheLastDays)}일 ${within}`;
  if (inTheLastHours !== undefined) return `최근 ${numberText(inTheLastHours)}시간 ${within}`;
  if (between === undefined) return within === '동안' ? '지금까지' : '보관된 기간에';
  const [from, to] = [dayOf(between.from), dayOf(between.to)].map((day) =>
    day === undefined ? '' : dayText(day),
  );
  return from === to ? `${from}에` : `${from}부터 ${to}까지`;
}

/** The event with a particle: the Korean name is what is read, and the event's own stands beside it. */
function event(name: string, filter: Filter, particle: Particle): string {
  if (name === ANY_EVENT) return withParticle(`${filtered(filter)}활동`, particle);
  const korean = Object.hasOwn(KOREAN_EVENTS, name) ? KOREAN_EVENTS[name] : undefined;
  const word = korean === undefined ? text(name) : `${korean}(${name})`;
  return `${filtered(filter)}${word}${particleOf(korean ?? name, particle)}`;
}

const filtered = ({ where = [] }: Filter): string =>
  where
    .map((one, index) =>
      predicate(named(one.property), testOf(one))(index < where.length - 1 ? 'and' : 'noun'),
    )
    .map((words) => `${words} `)
    .join('');

function ofBehaviour(condition: BehaviourCondition): Clause {
  const { then, within, times } = condition;
  const window = when(condition, '동안');
  if (condition.did === undefined)
    return didNot(`${window} ${event(condition.didNot ?? '', condition, '을/를')}`);
  if (condition.didNot !== undefined)
    return didNot(
      `${window} ${event(condition.did, {}, '은/는')} 했지만 ${event(condition.didNot, {}, '은/는')}`,
    );
  const first = `${window} ${event(condition.did, condition, '을/를')}`;
  if (then === undefined) return did(`${first} ${often(times)}`);
  const next = event(then.did ?? then.didNot ?? '', then, '을/를');
  const words = `${first} 한 뒤에${soon(within)} ${next}`;
  return then.did === undefined ? didNot(words) : did(words);
}

function soon(within: BehaviourCondition['within']): string {
  if (within === undefined) return '';
  const { minutes, hours, days } = within;
  if (minutes !== undefined) return ` ${numberText(minutes)}분 안에`;
  return hours === undefined ? ` ${numberText(days ?? 0)}일 안에` : ` ${numberText(hours)}시간 안에`;
}

const timesOf = (count: number): string => (count === 1 ? '한 번' : `${numberText(count)}번`);

function often({ atLeast = 1, atMost }: NonNullable<BehaviourCondition['times']> = {}): string {
  if (atMost === undefined) return atLeast === 0 ? '몇 번이든' : `${timesOf(atLeast)} 이상`;
  if (atLeast === atMost) return atMost === 0 ? '한 번도 안' : `정확히 ${timesOf(atMost)}`;
  return `${numberText(atLeast)}번에서 ${numberText(atMost)}번까지`;
}

function ofEdge(condition: EdgeCondition): Clause {
  const [order, name] = 'first' in condition ? ['첫', condition.first] : ['가장 최근', condition.mostRecent];
  const one = condition.where === undefined ? '' : ` ${filtered(condition)}것이면서`;
  return thereWas(`${order} ${event(name, {}, '이/가')}${one} ${when(condition, '안에')}`);
}

function ofComputed(condition: ComputedCondition): Clause {
  const { ko, koUnit } = COMPUTED[condition.computed];
  const { inTheLastDays, inTheLastHours, between } = condition;
  const always = inTheLastDays === undefined && inTheLastHours === undefined && between === undefined;
  const value = always ? ko : `${of(when(condition, '동안'))} ${ko}`;
  if ('topPercent' in condition)
    return isA(`${withParticle(value, '이/가')} 상위 ${numberText(condition.topPercent)}%`);
  return predicate(value, testOf(onlyOperator(condition)), koUnit);
}

/** 최근 30일 동안 → 최근 30일 동안의; 5월 5일에 → 5월 5일의. */
const of = (window: string): string => `${window.replace(/에$/, '')}의`;
