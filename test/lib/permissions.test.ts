import { describe, expect, it } from 'vitest';
import { resources } from '../support/template.ts';
import { functionRoles, mayDo, statementsOfFunction, statementsOfRole } from './policies.ts';

const functions = [...functionRoles().keys()].sort();
const doers = (action: string) => functions.filter((name) => mayDo(name, action).length > 0);

/** What AWS grants on everything or not at all. */
const WITHOUT_RESOURCE = /^(xray:.*|ses:GetAccount)$/;

describe('least privilege', () => {
  it('gives each function a role of its own', () => {
    const roles = [...functionRoles().values()].map(({ stack, role }) => `${stack}.${role}`);
    expect(new Set(roles).size).toBe(functions.length);
  });

  it.each(functions)('names every action of %s', (name) => {
    for (const { actions } of statementsOfFunction(name))
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it.each(functions)('names the resources of %s, but for tracing, which has none', (name) => {
    const everywhere = statementsOfFunction(name).filter(({ resources: on }) => on.includes('*'));
    expect(
      everywhere.flatMap(({ actions }) => actions).filter((action) => !WITHOUT_RESOURCE.test(action)),
    ).toEqual([]);
  });

  it.each(functions)('lets %s write to its own log group alone', (name) => {
    expect(mayDo(name, 'logs:PutLogEvents')).toEqual([expect.stringMatching(/^arn:.*Logs/)]);
  });

  it('uses no policy made by others', () => {
    const managed = resources('AWS::IAM::Role').filter(({ Properties }) => Properties['ManagedPolicyArns']);
    expect(managed.map(({ stack, id }) => `${stack}.${id}`)).toEqual([
      expect.stringContaining('RepointEngine.ApiGatewayLogging'),
    ]);
  });
});

describe('the seam between marketing and the engine', () => {
  const marketing = functions.filter((name) => !name.startsWith('pinpoint-'));
  const tablesOf = (name: string) =>
    statementsOfFunction(name)
      .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
      .flatMap(({ resources: on }) => on);

  it.each(marketing)('%s touches no table, queue, stream or bucket of the engine', (name) => {
    const touched = statementsOfFunction(name).flatMap(({ resources: on }) => on);
    expect(touched.filter((on) => /pinpoint-(?!api)|-(imports|runs|slices)$|-ledger$/.test(on))).toEqual([]);
  });

  it.each(functions.filter((name) => name.startsWith('pinpoint-')))(
    '%s touches no table of marketing',
    (name) => {
      expect(tablesOf(name).filter((on) => !on.includes('repoint-test-pinpoint-'))).toEqual([]);
    },
  );

  it('is crossed by invoking the engine, and only by those who speak to it', () => {
    const callers = doers('lambda:InvokeFunction').filter((name) => name !== 'pinpoint-deliver');
    expect(callers).toEqual([
      'campaigns-advance',
      'campaigns-api',
      'campaigns-policy',
      'campaigns-preview',
      'campaigns-sending',
      'campaigns-templates',
      'campaigns-test',
      'members-api',
      'members-erase',
      'segments-resolve',
    ]);
    for (const name of callers)
      expect(mayDo(name, 'lambda:InvokeFunction')).toEqual(['arn:repoint-test-pinpoint-api']);
  });

  it('is crossed the other way by the hook of campaigns and the channel of Kakao alone, by their names', () => {
    expect(mayDo('pinpoint-deliver', 'lambda:InvokeFunction')).toEqual([
      'arn:aws:lambda:ap-northeast-2:111122223333:function:repoint-test-campaigns-policy',
      'arn:aws:lambda:ap-northeast-2:111122223333:function:repoint-test-channels-kakao',
    ]);
  });
});

describe('who sends', () => {
  it('is pinpoint-deliver alone, with the configured application, identities and sender', () => {
    for (const action of [
      'mobiletargeting:SendMessages',
      'ses:SendBulkEmail',
      'ses:SendEmail',
      'sms-voice:SendTextMessage',
    ])
      expect(doers(action)).toEqual(['pinpoint-deliver']);
    expect(mayDo('pinpoint-deliver', 'mobiletargeting:SendMessages')).toEqual([
      'arn:aws:mobiletargeting:ap-northeast-2:111122223333:apps/0123456789abcdef0123456789abcdef/messages',
    ]);
    expect(mayDo('pinpoint-deliver', 'sms-voice:SendTextMessage')).toEqual([
      'arn:aws:sms-voice:ap-northeast-2:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef',
    ]);
    expect(mayDo('pinpoint-deliver', 'ses:SendBulkEmail').sort()).toEqual([
      'arn:aws:ses:ap-northeast-2:111122223333:configuration-set/repoint-test-email',
      'arn:aws:ses:ap-northeast-2:111122223333:identity/example.com',
      'arn:aws:ses:ap-northeast-2:111122223333:identity/news@example.com',
    ]);
  });
});

describe('the tick of campaigns', () => {
  it('finds what is due by its keys and claims it, and reads no row', () => {
    expect(mayDo('campaigns-tick', 'dynamodb:Query')).toEqual(['arn:repoint-test-campaigns/index/due']);
    expect(mayDo('campaigns-tick', 'dynamodb:UpdateItem')).toEqual(['arn:repoint-test-campaigns']);
    expect(mayDo('campaigns-tick', 'dynamodb:GetItem')).toEqual([]);
  });
});

describe('who reads what people did', () => {
  it('is who resolves segments or tells whether somebody is in one, who chooses the winner of a test or tells results, who counts what a month has cost, who compacts, and who looks for erased people', () => {
    const asking = [
      ...['campaigns-advance', 'campaigns-estimate', 'campaigns-results'],
      ...['events-compact', 'members-nightly', 'segments-questions', 'segments-resolve'],
    ];
    expect(doers('athena:StartQueryExecution')).toEqual(asking);
    const lake = functions.filter((name) =>
      mayDo(name, 's3:GetObject').some(
        (on) => on.includes('repoint-test-lake') && !on.endsWith('compactions/*'),
      ),
    );
    expect(lake).toEqual([...asking, 'events-quarantine'].sort());
  });

  it('reads quarantine, and empties it, by one function alone: nobody who runs queries, and not who puts events there', () => {
    const folder = 'arn:aws:s3:::repoint-test-lake-111122223333-ap-northeast-2/quarantined_events/*';
    const on = (action: string) => functions.filter((name) => mayDo(name, action).includes(folder));
    expect(on('s3:PutObject')).toEqual(['events-api', 'events-quarantine', 'members-state']);
    expect(on('s3:GetObject')).toEqual(['events-quarantine']);
    expect(on('s3:DeleteObject')).toEqual(['events-quarantine']);
    for (const name of doers('athena:StartQueryExecution'))
      expect(mayDo(name, 'glue:GetTable').join()).not.toContain('quarantined_events');
  });

  it('writes lists, what it found for them and query results, and nothing else in the work bucket', () => {
    expect(mayDo('segments-resolve', 's3:PutObject').sort()).toEqual([
      'arn:aws:s3:::repoint-test-work-111122223333-ap-northeast-2/athena/*',
      'arn:aws:s3:::repoint-test-work-111122223333-ap-northeast-2/previews/*',
      'arn:aws:s3:::repoint-test-work-111122223333-ap-northeast-2/segment_bits/*',
      'arn:aws:s3:::repoint-test-work-111122223333-ap-northeast-2/segments/*',
    ]);
  });
});

describe('who rewrites the lake', () => {
  it('is the compaction alone, of events and of the ledger', () => {
    const on = (action: string, folder: string) =>
      functions.filter((name) =>
        mayDo(name, action).includes(
          `arn:aws:s3:::repoint-test-lake-111122223333-ap-northeast-2/${folder}/*`,
        ),
      );
    for (const table of ['events', 'ledger']) {
      expect(on('s3:DeleteObject', table)).toEqual(['events-compact']);
      expect(on('s3:PutObject', `${table}_compacted`)).toEqual(['events-compact']);
      expect(on('s3:DeleteObject', `${table}_compacted`)).toEqual(['events-compact', 'events-nightly']);
    }
    for (const lines of ['compactions', 'ledger_compactions'])
      expect(on('s3:PutObject', lines)).toEqual(['events-compact', 'events-nightly']);
  });
});

describe('who keeps member state', () => {
  const on = (action: string) =>
    functions.filter((name) => mayDo(name, action).includes('arn:repoint-test-member-state'));

  it('writes it by the consumer alone; an erasure changes what it has to, and nobody looks at all of it', () => {
    expect(on('dynamodb:BatchWriteItem')).toEqual(['members-state']);
    expect(on('dynamodb:UpdateItem')).toEqual(['members-erase', 'members-nightly', 'members-state']);
    for (const action of ['PutItem', 'Scan']) expect(on(`dynamodb:${action}`)).toEqual([]);
  });
});

describe('who erases', () => {
  it('removes members and their states by its two functions alone', () => {
    for (const table of ['members', 'member-state'])
      expect(
        functions.filter((name) => mayDo(name, 'dynamodb:DeleteItem').includes(`arn:repoint-test-${table}`)),
      ).toEqual(table === 'members' ? ['members-erase'] : ['members-erase', 'members-nightly']);
  });

  it('is known to who must leave erased people out, and to nobody else', () => {
    const on = (action: string) =>
      functions.filter((name) => mayDo(name, action).includes('arn:repoint-test-erasures'));
    expect(on('dynamodb:Query')).toEqual([
      'events-compact',
      'events-quarantine',
      'members-nightly',
      'members-state',
      'segments-lists',
      'segments-match',
      'segments-questions',
      'segments-resolve',
    ]);
    expect(on('dynamodb:GetItem')).toEqual(['members-erase', 'members-erasures', 'members-nightly']);
  });
});

describe('the role passed to CreateImportJob', () => {
  const [role] = resources('AWS::IAM::Role').filter(
    ({ Properties }) => Properties['RoleName'] === 'repoint-test-import',
  );

  it('trusts the function that imports, and nobody else', () => {
    const trust = role?.Properties['AssumeRolePolicyDocument'] as
      | { Statement: { Principal: unknown }[] }
      | undefined;
    expect(trust?.Statement.map(({ Principal }) => JSON.stringify(Principal))).toEqual([
      expect.stringMatching(/importRole/),
    ]);
    expect(doers('sts:AssumeRole')).toEqual(['pinpoint-import']);
    expect(mayDo('pinpoint-import', 'sts:AssumeRole')).toEqual([
      'arn:aws:iam::111122223333:role/repoint-test-import',
    ]);
  });

  it('reads resolved lists, and writes nothing', () => {
    const granted = statementsOfRole('RepointApp', role?.id ?? '');
    expect(granted.flatMap(({ actions }) => actions).sort()).toEqual(['s3:GetObject', 's3:ListBucket']);
    expect(granted[0]?.resources).toEqual([
      'arn:aws:s3:::repoint-test-work-111122223333-ap-northeast-2/segments/*',
    ]);
  });
});
