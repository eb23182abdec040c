/** A template that cannot be used; the message says why, in words for its author. */
export class TemplateError extends Error {}

/** One recipient's values with which a template cannot be rendered; another recipient's may do. */
export class RenderingError extends Error {}
