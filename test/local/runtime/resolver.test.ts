import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../local/runtime/template/template.ts';
import { resolverOf, stack } from './fixtures.ts';

const data = stack(
  'Data',
  {
    Table: ['AWS::DynamoDB::Table', { TableName: 'members' }],
    Queue: ['AWS::SQS::Queue', { QueueName: 'slices' }],
    Stream: ['AWS::Kinesis::Stream', { Name: 'events' }],
    Bucket: ['AWS::S3::Bucket', {}],
    Fn: ['AWS::Lambda::Function', { FunctionName: 'events-api' }],
    Role: ['AWS::IAM::Role', { RoleName: 'reader', Path: '/team/' }],
    Secret: ['AWS::SecretsManager::Secret', { Name: 'keys' }],
    Api: ['AWS::ApiGateway::RestApi', { Name: 'private' }],
    Odd: ['AWS::Weird::Thing', {}],
    NamedByOther: ['AWS::Logs::LogGroup', { LogGroupName: { 'Fn::Sub': '/logs/${Fn}' } }],
  },
  { TableName: { Value: { Ref: 'Table' }, Export: { Name: 'Data:Table' } } },
);
const app = stack('App', { Consumer: ['AWS::Lambda::Function', { FunctionName: 'consumer' }] });
const resolver = resolverOf(data, app);
const inData = (value: Json): Json => resolver.resolve('Data', value);

describe('the values a deployment would have', () => {
  test.each<[string, Json, Json]>([
    ['Ref of a table is its name', { Ref: 'Table' }, 'members'],
    ['Ref of a queue is its local URL', { Ref: 'Queue' }, 'http://127.0.0.1:9324/000000000000/slices'],
    [
      'a queue still has an AWS ARN',
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      'arn:aws:sqs:ap-northeast-2:000000000000:slices',
    ],
    [
      'a stream',
      { 'Fn::GetAtt': ['Stream', 'Arn'] },
      'arn:aws:kinesis:ap-northeast-2:000000000000:stream/events',
    ],
    [
      'a function',
      { 'Fn::GetAtt': 'Fn.Arn' },
      'arn:aws:lambda:ap-northeast-2:000000000000:function:events-api',
    ],
    ['a role with a path', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::000000000000:role/team/reader'],
    ['a name that mentions another resource', { Ref: 'NamedByOther' }, '/logs/events-api'],
    [
      'Sub with variables of its own',
      { 'Fn::Sub': ['${x}/${Table}/${!Literal}', { x: { Ref: 'AWS::Region' } }] },
      'ap-northeast-2/members/${Literal}',
    ],
    [
      'Sub with an attribute',
      { 'Fn::Sub': '${Stream.Arn}/x' },
      'arn:aws:kinesis:ap-northeast-2:000000000000:stream/events/x',
    ],
    [
      'Join, Split and Select',
      { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::Join': [':', ['a', { Ref: 'Table' }]] }] }] },
      'members',
    ],
    ['ImportValue', { 'Fn::ImportValue': 'Data:Table' }, 'members'],
    ['GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'TableName' } }, 'members'],
    ['Base64', { 'Fn::Base64': { Ref: 'Table' } }, Buffer.from('members').toString('base64')],
    [
      'NoValue takes property and element away',
      { a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] },
      { b: [1] },
    ],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'Data'],
  ])('%s', (_, value, expected) => {
    expect(inData(value)).toEqual(expected);
  });

  test('the address of an API becomes the one it has here', () => {
    const url = inData({
      'Fn::Join': [
        '',
        [
          'https://',
          { Ref: 'Api' },
          '.execute-api.',
          { Ref: 'AWS::Region' },
          '.',
          { Ref: 'AWS::URLSuffix' },
          '/v1/',
        ],
      ],
    });
    expect(url).toBe(`http://127.0.0.1:7300/${String(inData({ Ref: 'Api' }))}/v1/`);
  });

  test('a made-up bucket name is one S3 would take', () => {
    expect(inData({ Ref: 'Bucket' })).toMatch(/^[a-z0-9-]{3,63}$/);
  });

  test('a value without intrinsics is left as it is', () => {
    const plain = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !/Ref|Fn::|\{\{resolve:|__proto__/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(plain, (value) => {
        expect(inData(value as Json)).toEqual(value);
      }),
    );
  });

  test('Split undoes Join', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.constantFrom(':', '/', '--'), (parts, separator) => {
        expect(inData({ 'Fn::Split': [separator, { 'Fn::Join': [separator, parts] }] })).toEqual(parts);
      }),
    );
  });
});

describe('what cannot be resolved is an error that names stack, resource and path', () => {
  test.each<[string, Json, RegExp]>([
    ['an unknown function', { 'Fn::Cidr': [] }, /Data \/ Env\.X: Fn::Cidr/],
    ['an unknown resource', { Ref: 'Nobody' }, /Data \/ Env\.X\.Ref: there is no resource Nobody/],
    ['an unknown type', { Ref: 'Odd' }, /Odd \(AWS::Weird::Thing\)/],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Table', 'Colour'] },
      /Env\.X\.Fn::GetAtt: attribute Colour of Table/,
    ],
    ['an export nobody makes', { 'Fn::ImportValue': 'nothing' }, /no stack exports nothing/],
    ['a dynamic reference', '{{resolve:ssm:x}}', /cannot be resolved/],
    ['an index out of range', { 'Fn::Select': [3, ['a']] }, /no element 3/],
  ])('%s', (_, value, message) => {
    expect(() => resolver.resolve('Data', { X: value }, 'Env')).toThrow(message);
  });

  test('a resource with a condition', () => {
    const conditional = stack('C', { A: ['AWS::SQS::Queue', {}] });
    Object.assign(conditional.template.Resources['A'] ?? {}, { Condition: 'Sometimes' });
    expect(() => resolverOf(conditional).resources('AWS::SQS::Queue')).toThrow(/C \/ A: Condition Sometimes/);
  });

  test('a name that refers to itself', () => {
    const circle = stack('C', {
      A: ['AWS::Logs::LogGroup', { LogGroupName: { Ref: 'B' } }],
      B: ['AWS::Logs::LogGroup', { LogGroupName: { Ref: 'A' } }],
    });
    expect(() => resolverOf(circle).resolve('C', { Ref: 'A' })).toThrow(/refers to itself/);
  });
});
