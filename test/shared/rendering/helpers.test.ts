import { describe, expect, it } from 'vitest';
import type { DottedValues } from '../../../lambdas/shared/rendering/part.ts';
import { HELPERS } from '../../../lambdas/shared/rendering/template.ts';
import { rendered } from './support/rendered.ts';

/** The values of the examples in Pinpoint's user guide. */
const JANE: DottedValues = {
  'Location.City': 'Los Angeles',
  'Location.Country': 'US',
  'Metrics.points': 1200.5,
  'Metrics.zero': 0,
  'User.UserAttributes.LastName': ['Santos'],
  'User.UserAttributes.FavoriteColors': ['red', 'blue', 'yellow'],
  'User.UserAttributes.UserAge': ['22'],
  'User.UserAttributes.interests': ['<h1>Art</h1>'],
  'User.UserAttributes.회원 이름': ['김지수'],
  'Attributes.description': ['my first post'],
  'Attributes.subscribed': ['true'],
  'Attributes.colors': ['blue', 'red', 'green'],
  'Attributes.joined': ['2020-09-19'],
};

type Row = readonly [template: string, text: string];

/** By helper: examples of Pinpoint's guide first, then what Handlebars.java does, then what is ours. */
const EXAMPLES: Readonly<Record<string, readonly Row[]>> = {
  each: [
    [
      '{{#each User.UserAttributes.FavoriteColors}}<li>{{this}}</li>{{else}}none{{/each}}',
      '<li>red</li><li>blue</li><li>yellow</li>',
    ],
    [
      '{{#each Attributes.none}}x{{else}}You have no favorite colors.{{/each}}',
      'You have no favorite colors.',
    ],
    [
      '{{#each Attributes.colors}}{{@index}}{{@index}}{{@index_1}}{{#unless @last}},{{/unless}}{{/each}}',
      '001,112,223',
    ],
    ['{{#each Attributes.colors}}{{@first}}{{@last}}{{@odd}}{{@even}} {{/each}}', 'firsteven odd lasteven '],
    ['{{#each Attributes.colors as |color place|}}{{place}}{{upper color}}{{/each}}', '0BLUE1RED2GREEN'],
    ['{{#each Attributes.colors}}{{Location.Country}}{{../Location.Country}}{{/each}}', 'USUSUSUSUSUS'],
    ['{{#each Location.City}}x{{else}}no list{{/each}}', 'no list'],
  ],
  if: [
    [
      '{{#if User.UserAttributes.LastName.[0]}}Hello {{User.UserAttributes.LastName.[0]}},{{else}}Hello,{{/if}}',
      'Hello Santos,',
    ],
    ['{{#if User.UserAttributes.none.[0]}}Hello you,{{else}}Hello,{{/if}}', 'Hello,'],
    ['{{#if Metrics.zero}}a{{else}}b{{/if}}', 'b'],
    ['{{if Location.City yes="y" no="n"}}', 'y'],
  ],
  unless: [
    ['{{#unless Attributes.none}}a{{else}}b{{/unless}}', 'a'],
    ['{{#unless Location.City}}a{{else}}b{{/unless}}', 'b'],
  ],
  and: [
    ['{{#and (eq Location.City "Los Angeles") (eq Location.Country "US")}}both{{else}}not{{/and}}', 'both'],
    ['{{#and (eq Location.City "Los Angeles") (eq Location.Country "KR")}}both{{else}}not{{/and}}', 'not'],
    ["{{and Location.City Location.Country Attributes.none yes='y' no='n'}}", 'n'],
  ],
  eq: [
    [
      '{{#eq User.UserAttributes.FavoriteColors.[0] "red"}}Your favorite color is red.{{else}}no{{/eq}}',
      'Your favorite color is red.',
    ],
    ["{{eq Location.City 'los angeles' yes='y' no='n'}}", 'n'],
    ['{{eq 2 2.0}}', 'true'],
    ['{{eq User.UserAttributes.UserAge 22}}{{eq User.UserAttributes.UserAge.[0] "22.0"}}', 'truefalse'],
    ['{{eq Attributes.none ""}}{{eq Attributes.none Attributes.nothing}}', 'falsetrue'],
  ],
  neq: [
    [
      '{{#neq User.UserAttributes.FavoriteColors.[0] "red"}}You do not like red.{{else}}You like red.{{/neq}}',
      'You like red.',
    ],
    ['{{neq 1 2}}', 'true'],
  ],
  gt: [
    ['{{#gt User.UserAttributes.UserAge.[0] "17"}}old enough{{else}}not{{/gt}}', 'old enough'],
    ['{{gt 9 17}}{{gt "9" "17"}}{{gt "b" "a"}}{{gt 2 2}}', 'falsefalsetruefalse'],
    ['{{gt Attributes.none 1}}{{lte Attributes.none 1}}', 'falsefalse'],
  ],
  gte: [
    ['{{#gte User.UserAttributes.UserAge.[0] "18"}}old enough{{else}}not{{/gte}}', 'old enough'],
    ['{{gte 2 2}}{{gte 1 2}}', 'truefalse'],
  ],
  lt: [
    ['{{#lt User.UserAttributes.UserAge.[0] "18"}}not{{else}}old enough{{/lt}}', 'old enough'],
    ['{{lt 1 2}}{{lt 2 2}}{{lt Attributes.joined "2021-01-01"}}', 'truefalsetrue'],
  ],
  lte: [
    ['{{#lte User.UserAttributes.UserAge.[0] "17"}}not{{else}}old enough{{/lte}}', 'old enough'],
    ['{{lte 2 2}}', 'true'],
  ],
  not: [
    [
      '{{#not (eq User.UserAttributes.FavoriteColors.[0] "red")}}no red{{else}}You like red.{{/not}}',
      'You like red.',
    ],
    ['{{not (eq User.UserAttributes.FavoriteColors.[0] "red")}}', 'false'],
    ["{{not Attributes.none yes='y' no='n'}}", 'y'],
  ],
  or: [
    [
      '{{#or (eq Location.City "Los Angeles") (eq Location.City "Seattle")}}West Coast{{else}}elsewhere{{/or}}',
      'West Coast',
    ],
    ['{{or Attributes.none Metrics.zero yes=1 no=0}}', '0'],
  ],
  abbreviate: [
    ['{{abbreviate "Alejandro" 6}}', 'Ale...'],
    ['{{abbreviate "Handlebars rocks" 13}}', 'Handlebars...'],
    ['{{abbreviate "Handlebars" 10}}', 'Handlebars'],
    ['{{abbreviate "안녕하세요 여러분" 6}}', '안녕하...'],
    ['{{abbreviate Attributes.none 6}}', ''],
  ],
  capitalize: [
    ['{{capitalize Attributes.description.[0]}}', 'My First Post'],
    [
      '{{capitalize "HAndleBars JAVA"}} {{capitalize "HAndleBars JAVA" fully=true}}',
      'HAndleBars JAVA Handlebars Java',
    ],
  ],
  capitalizeFirst: [
    ['{{capitalizeFirst Attributes.description.[0]}}', 'My first post'],
    ['{{capitalizeFirst (lower "JANE")}}', 'Jane'],
  ],
  center: [
    ['{{center Location.City size=19}}', '    Los Angeles    '],
    ['{{center "Handlebars.java" size=19 pad="*"}}', '**Handlebars.java**'],
    ['{{center "ab" size=5 pad="xy"}}|{{center "long" size=2}}', 'xabxy|long'],
    ['{{center "가나" 6 pad="-"}}', '--가나--'],
  ],
  cut: [
    ['{{cut Location.City "e"}}', 'Los Angls'],
    ['{{cut "String with spaces"}}', 'Stringwithspaces'],
    ['{{cut "handle*bars*.**java" "*"}}', 'handlebars.java'],
  ],
  dateFormat: [
    [
      '{{dateFormat "19/09/2020" inputFormat="dd/MM/yyyy" outputFormat="full" tz=America/Los_Angeles}}',
      'Saturday, September 19, 2020',
    ],
    ['{{dateFormat Attributes.joined}}', 'Sep 19, 2020'],
    [
      '{{dateFormat Attributes.joined "short"}} {{dateFormat Attributes.joined outputFormat="long"}}',
      '9/19/20 September 19, 2020',
    ],
    [
      '{{dateFormat "2020-09-18T22:05:09.080Z" "yyyy-MM-dd\'T\'HH:mm:ss.SSS XXX"}}',
      '2020-09-19T07:05:09.080 +09:00',
    ],
    [
      '{{dateFormat Attributes.joined outputFormat="yyyy년 M월 d일 (E)" locale="ko_KR"}}',
      '2020년 9월 19일 (토)',
    ],
    ['{{dateFormat Attributes.none "yyyy"}}', ''],
  ],
  inflect: [
    [
      'Thank you for your purchase of {{inflect 3 apple apples includeCount=false}}.',
      'Thank you for your purchase of apples.',
    ],
    [
      'Thank you for your purchase of {{inflect 3 apple apples includeCount=true}}.',
      'Thank you for your purchase of 3 apples.',
    ],
    ['{{inflect 1 "one" "many"}} {{inflect 0 "one" "many" includeCount=true}}', 'one 0 many'],
    ['{{inflect Metrics.zero User.UserAttributes.LastName Location.City}}', 'Los Angeles'],
  ],
  join: [
    ['{{join Attributes.colors ", "}}', 'blue, red, green'],
    ['{{join Attributes.colors " // " prefix="<" suffix=">"}}', '<blue // red // green>'],
    ['{{join "6" 7 Metrics.zero "-"}}', '6-7-0'],
    ['{{join User.UserAttributes.LastName ", "}}|{{join Attributes.none ", " prefix="<"}}', 'Santos|'],
  ],
  ljust: [
    ['{{ljust Location.City 15}}|', 'Los Angeles    |'],
    ['{{ljust "Handlebars.java" size=17 pad="+"}}', 'Handlebars.java++'],
    ['{{ljust Location.City 15 pad=""}}|', 'Los Angeles    |'],
  ],
  lower: [
    ['{{lower User.UserAttributes.LastName.[0]}}', 'santos'],
    ['{{lower User.UserAttributes.LastName}}', 'santos'],
  ],
  now: [
    ['{{now "medium" tz=America/Los_Angeles}}', 'Sep 18, 2020'],
    [
      '{{now}} {{now "full"}} {{now "short" tz="GMT-8:00"}}',
      'Sep 19, 2020 Saturday, September 19, 2020 9/18/20',
    ],
    ['{{now "yyyyMMdd HH:mm z" tz="UTC"}}', '20200918 22:05 UTC'],
  ],
  ordinalize: [
    [
      'Congratulations on your {{ordinalize User.UserAttributes.UserAge.[0]}} birthday!',
      'Congratulations on your 22nd birthday!',
    ],
    [
      '{{ordinalize 1}} {{ordinalize 3}} {{ordinalize 11}} {{ordinalize 113}} {{ordinalize 121}} {{ordinalize 0}}',
      '1st 3rd 11th 113th 121st 0th',
    ],
  ],
  replace: [
    ['{{replace Location.City " " "_"}}', 'Los_Angeles'],
    ['{{replace "Handlebars ..." "..." "rocks"}}', 'Handlebars rocks'],
    ['{{replace "a.b.c" "." "$&"}}', 'a$&b$&c'],
  ],
  rjust: [
    ['{{rjust Location.City 15}}', '    Los Angeles'],
    ['{{rjust "Handlebars.java" size=17 pad="+"}}', '++Handlebars.java'],
  ],
  slugify: [
    ['{{slugify Location.City}}', 'los-angeles'],
    ['{{slugify "  Joel is a slug  "}}', 'joel-is-a-slug'],
    ['{{slugify "가을 신상 10% 할인!"}}', '가을-신상--할인'],
  ],
  stripTags: [
    ['{{stripTags User.UserAttributes.interests.[0]}}', 'Art'],
    ['{{stripTags "<b>Joel</b>\n<button>is<\n/button> a <span>slug</span>"}}', 'Joel\nis a slug'],
  ],
  substring: [
    ['{{substring Location.City 4 9}}', 'Angel'],
    ['{{substring "Handlebars.java" 11}} {{substring "Handlebars.java" 0 10}}', 'java Handlebars'],
    [
      '{{substring "Al" 0 10}}|{{substring "Al" 5}}|{{substring User.UserAttributes.[회원 이름] 0 1}}',
      'Al||김',
    ],
    ['{{substring "👩‍👩‍👧가나" 1 2}}', '가'],
  ],
  upper: [
    ['{{upper User.UserAttributes.LastName.[0]}}', 'SANTOS'],
    ['{{upper User.UserAttributes.none "there"}}', 'there'],
  ],
  yesno: [
    ['{{yesno Attributes.subscribed}}', 'yes'],
    ['{{yesno false}} {{yesno Attributes.none}}', 'no maybe'],
    ['{{yesno Attributes.none yes="예" no="아니요" maybe="모름"}}', '모름'],
  ],
  add: [
    ['{{add 5 2.3}}', '7.3'],
    ['{{add 0.1 0.2}} {{add User.UserAttributes.UserAge 1}}', '0.3 23'],
    ['{{add 1 2}}{{add 3 4}}', '37'],
    ['{{add Attributes.none 1}}', ''],
  ],
  ceiling: [['{{ceiling 5.23}} {{ceiling -0.5}}', '6 0']],
  divide: [['{{divide 5 2.3}} {{divide 10 4}}', '2.17391304 2.5']],
  floor: [['{{floor 5.23}} {{floor -5.23}}', '5 -6']],
  modulo: [['{{modulo 7 2}} {{modulo -7 2}} {{modulo 5.5 2}}', '1 -1 1.5']],
  multiply: [['{{multiply 5 2.3}}', '11.5']],
  round: [
    ['You spent an average of {{round 19.21}} minutes', 'You spent an average of 19 minutes'],
    ['{{round 2.5}} {{round -2.5}} {{round Metrics.points}}', '3 -2 1201'],
  ],
  subtract: [['{{subtract 5 2.3}}', '2.7']],
  decode64: [
    ['{{decode64 "SGVsbG8gV29ybGQ="}}', 'Hello World'],
    ['{{decode64 (encode64 "안녕")}}', '안녕'],
  ],
  encode64: [['{{encode64 "Hello World"}}', 'SGVsbG8gV29ybGQ=']],
  md5: [['{{md5 "Hello world"}}', '3e25960a79dbc69b674cd4ec67a72c62']],
  sha256: [['{{sha256 "Hello World"}}', 'a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e']],
  sha512: [
    [
      '{{sha512 "Hello World"}}',
      '2c74fd17edafd80e8447b0d46741ee243b7eb74dd2149a0ab1b9246fb30382f27e853d8585719e0e67cbda0daa8f51671064615d645ae27acb15bfb1447f459b',
    ],
  ],
  uuid: [['{{uuid}}', '95f36680-152c-4052-99ec-cc3cdf7ca594']],
};

describe.each(Object.entries(EXAMPLES))('the helper %s', (_, rows) => {
  it.each(rows)('%s', (template, text) => {
    expect(rendered(template, JANE)).toBe(text);
  });
});

it('there are examples of every helper', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(HELPERS);
});
