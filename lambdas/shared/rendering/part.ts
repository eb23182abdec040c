/** Values by their dotted Pinpoint names, the one vocabulary of imports, storage and templates: `User.UserAttributes.grade`, `Location.City`. */
export type DottedValues = Readonly<Record<string, string | number | readonly string[]>>;

/** One template of a message: the request member it came from, its text, and whether values are escaped for HTML. */
export interface TemplateText {
  /** Path in the request, e.g. `MessageConfiguration.GCMMessage.Body`: errors name it. */
  readonly member: string;
  readonly text: string;
  readonly html?: boolean;
}

/** What a message says to one channel type: texts to render for each recipient, and values that are the same for all. */
export interface MessagePart {
  readonly templates: Readonly<Record<string, TemplateText>>;
  readonly constants: Readonly<Record<string, string>>;
}
