/** A list that no later attempt can read either: a part of it is gone, or is no list. The message says which. */
export class UnreadableList extends Error {}
