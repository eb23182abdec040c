import type { EngineCtx, Operations } from '../protocol/operation.ts';
import { createTemplate, type TemplateRequest } from './create-template.ts';
import { deleteTemplate } from './delete-template.ts';
import { requireContent } from './find-template.ts';
import { listTemplates, listVersions } from './list-templates.ts';
import type { TemplateDeps } from './ports.ts';
import { requireType, type TemplateType, templateArn } from './template.ts';
import { activateVersion, type UpdateOptions, updateTemplate } from './update-template.ts';

interface Named {
  readonly TemplateName?: string | undefined;
  readonly Version?: string | undefined;
}
interface Updated extends Named {
  readonly CreateNewVersion?: boolean | undefined;
}

/** The four operations that each type has; Pinpoint names the members of each differently. */
function operationsOf<Type extends TemplateType>(deps: TemplateDeps, type: Type) {
  const optionsOf = ({ Version: version, CreateNewVersion }: Updated): UpdateOptions => ({
    version,
    createNewVersion: CreateNewVersion,
  });
  return {
    create: async (input: Named, request: TemplateRequest<Type> | undefined, ctx: EngineCtx) => ({
      CreateTemplateMessageBody: await createTemplate(
        deps,
        ctx,
        type,
        input.TemplateName,
        request ?? ({} as TemplateRequest<Type>),
      ),
    }),
    get: async (input: Named, ctx: EngineCtx) => {
      const { row, version, content } = await requireContent(deps, type, input.TemplateName, input.Version);
      return {
        ...content,
        Arn: templateArn(ctx, row),
        TemplateName: row.name,
        TemplateType: type,
        Version: String(version.version),
        CreationDate: version.creationDate,
        LastModifiedDate: version.lastModifiedDate,
        tags: row.tags,
      };
    },
    update: async (input: Updated, request: TemplateRequest<Type> | undefined, ctx: EngineCtx) => ({
      MessageBody: await updateTemplate(
        deps,
        ctx,
        type,
        input.TemplateName,
        request ?? ({} as TemplateRequest<Type>),
        optionsOf(input),
      ),
    }),
    delete: async ({ TemplateName, Version }: Named, ctx: EngineCtx) => ({
      MessageBody: await deleteTemplate(deps, ctx, type, TemplateName, Version),
    }),
  };
}

/** Templates of e-mails, SMS and push notifications; voice and in-app messages are not sent here. */
export function templateOperations(deps: TemplateDeps) {
  const [email, sms, push] = [
    operationsOf(deps, 'EMAIL'),
    operationsOf(deps, 'SMS'),
    operationsOf(deps, 'PUSH'),
  ];
  return {
    CreateEmailTemplate: (input, ctx) => email.create(input, input.EmailTemplateRequest, ctx),
    GetEmailTemplate: async (input, ctx) => ({ EmailTemplateResponse: await email.get(input, ctx) }),
    UpdateEmailTemplate: (input, ctx) => email.update(input, input.EmailTemplateRequest, ctx),
    DeleteEmailTemplate: (input, ctx) => email.delete(input, ctx),
    CreateSmsTemplate: (input, ctx) => sms.create(input, input.SMSTemplateRequest, ctx),
    GetSmsTemplate: async (input, ctx) => ({ SMSTemplateResponse: await sms.get(input, ctx) }),
    UpdateSmsTemplate: (input, ctx) => sms.update(input, input.SMSTemplateRequest, ctx),
    DeleteSmsTemplate: (input, ctx) => sms.delete(input, ctx),
    CreatePushTemplate: (input, ctx) => push.create(input, input.PushNotificationTemplateRequest, ctx),
    GetPushTemplate: async (input, ctx) => ({ PushNotificationTemplateResponse: await push.get(input, ctx) }),
    UpdatePushTemplate: (input, ctx) => push.update(input, input.PushNotificationTemplateRequest, ctx),
    DeletePushTemplate: (input, ctx) => push.delete(input, ctx),
    ListTemplates: (input) => listTemplates(deps.registry, input),
    ListTemplateVersions: (input, ctx) => listVersions(deps.registry, ctx, input),
    UpdateTemplateActiveVersion: async (input, ctx) => ({
      MessageBody: await activateVersion(
        deps,
        ctx,
        requireType(input.TemplateType),
        input.TemplateName,
        input.TemplateActiveVersionRequest?.Version,
      ),
    }),
  } satisfies Operations;
}
