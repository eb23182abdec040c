const NEW_LINE = 0x0a;
const decoder = new TextDecoder();

/** Lines of pieces that may end anywhere; empty ones are none. They are told apart by bytes: JSON leaves U+2028 as it is. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let begun: Uint8Array[] = [];
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(NEW_LINE); at !== -1; at = piece.indexOf(NEW_LINE, from)) {
      const line = Buffer.concat([...begun, piece.subarray(from, at)]);
      begun = [];
      from = at + 1;
      if (line.length > 0) yield decoder.decode(line);
    }
    if (from < piece.length) begun.push(piece.slice(from));
  }
  if (begun.length > 0) yield decoder.decode(Buffer.concat(begun));
}

/** The member of a line of an import list. */
export function userIdOf(line: string): string {
  const { User } = JSON.parse(line) as { User?: { UserId?: unknown } };
  if (typeof User?.UserId !== 'string')
    throw new Error(`A line of a list names no member: ${line.slice(0, 80)}`);
  return User.UserId;
}
