/** Sums of shares such as 0.1 fall a little short of the whole. */
const WHOLE = 1 - 1e-9;

/** Whether the next of what comes is met, when a share of it (0…1) is to be, evenly spread: of 0.2 every fifth. */
export function evenly(): (share: number) => boolean {
  let due = 0;
  return (share) => {
    due += share;
    const isMet = due >= WHOLE;
    if (isMet) due -= 1;
    return isMet;
  };
}
