/**
 * A function that remembers what it made by its key. Keys come from templates and values, which may be anything, so it
 * forgets everything when there are too many.
 */
export function remembered<Made>(make: (key: string) => Made, most = 200): (key: string) => Made {
  const known = new Map<string, Made>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= most) known.clear();
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
