const URI = /^arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations` → `<arn>` */
export function functionArnOf(uri: string): string {
  const arn = URI.exec(uri)?.[1];
  if (!arn) throw new Error(`${uri} is not the URI of a function`);
  return arn;
}
