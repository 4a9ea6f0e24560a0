/** "3 min left", by the pace so far; nothing before a pace is known. */
export function timeLeft(begun: number, now: number, share: number): string {
  if (share <= 0 || now - begun < 1000) return "";
  const seconds = ((now - begun) / 1000) * (1 / share - 1);
  if (seconds < 60) return `, ${Math.ceil(seconds)} s left`;
  return seconds < 5400 ? `, ${Math.ceil(seconds / 60)} min left` : `, ${(seconds / 3600).toFixed(1)} h left`;
}
