import { describe, expect, it } from 'vitest';
import {
  compileKakao,
  type KakaoContent,
  kakaoParts,
  kakaoProblems,
  renderedProblems,
  withKakaoTexts,
} from '../../../lambdas/channels/index.ts';

const LINK = 'https://shop.example.com/{{User.UserId}}';
const IMAGE = 'https://cdn.example.com/a.png';
const button = { label: '보기', link: LINK };
const KINDS: readonly KakaoContent[] = [
  { kind: 'alimtalk', templateCode: 'T', title: '제목', text: '본문', buttons: [button, button] },
  { kind: 'text', text: '본문', image: IMAGE, imageLink: LINK, buttons: [button] },
  {
    kind: 'carousel',
    cards: [0, 1].map(() => ({ image: IMAGE, title: '제목', text: '본문', buttons: [button] })),
  } as unknown as KakaoContent,
  {
    kind: 'wide_list',
    header: '머리',
    items: [0, 1, 2, 3].map(() => ({ image: IMAGE, title: '제목', link: LINK })),
    buttons: [button],
  } as unknown as KakaoContent,
];
/** The limits of spec §6 and of Kakao's guide, said once more. */
const MOST: Readonly<Record<string, number>> = {
  'alimtalk title': 50,
  'alimtalk text': 1000,
  'alimtalk label': 14,
  'text text': 1300,
  'text label': 14,
  'carousel title': 20,
  'carousel text': 180,
  'carousel label': 8,
  'wide_list header': 20,
  'wide_list items.0.title': 25,
  'wide_list title': 30,
  'wide_list label': 8,
};
const mostOf = (kind: string, field: string): number | undefined =>
  MOST[`${kind} ${field}`] ?? MOST[`${kind} ${field.split('.').at(-1)}`];
const LIMITED = KINDS.flatMap((content) =>
  kakaoParts(content)
    .filter(({ role }) => role === 'text')
    .map(({ field }) => ({
      content,
      field,
      name: `${content.kind} ${field}`,
      most: mostOf(content.kind, field) ?? 0,
    })),
);

describe.each(LIMITED)('$name', ({ content, field, most }) => {
  const put = (text: string) => withKakaoTexts(content, (part) => (part.field === field ? text : part.text));
  /** The text as it is when a member's value has stood in. */
  const filled = (value: string): KakaoContent =>
    compileKakao(put('#{{User.UserAttributes.name}}'.slice(1))).render(
      { Id: 'e', User: { UserId: 'u1', UserAttributes: { name: [value] } } },
      { now: 0, timeZone: 'Asia/Seoul', newId: () => 'id' },
    );

  it(`takes ${most} characters as they are written and no more`, () => {
    expect(kakaoProblems(put('👩‍👩‍👧'.repeat(most)))).toEqual([]);
    expect(kakaoProblems(put('가'.repeat(most + 1)))).toMatchObject([{ field: `kakao.${field}` }]);
  });

  it(`takes ${most} characters after substitution and no more`, () => {
    expect(renderedProblems(filled('👩‍👩‍👧'.repeat(most)))).toEqual([]);
    expect(renderedProblems(filled('가'.repeat(most + 1)))).toMatchObject([
      {
        field: `kakao.${field}`,
        message: expect.stringContaining(`has ${most + 1} characters; at most ${most}`),
      },
    ]);
  });
});
