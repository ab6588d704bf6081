/** Code points that a window shares with the one before it. */
const OVERLAP = 200;

/** A text in windows of at most so many code points, each with the end of the one before it. */
export function textWindows(text: string, codePointsMax: number): readonly string[] {
  if (text.length <= codePointsMax) return [text];
  const codePoints = Array.from(text);
  const windows: string[] = [];
  for (let at = 0; at === 0 || at + OVERLAP < codePoints.length; at += codePointsMax - OVERLAP) {
    windows.push(codePoints.slice(at, at + codePointsMax).join(""));
  }
  return windows;
}
