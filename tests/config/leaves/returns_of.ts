import ts from "typescript";

/** What a block returns, functions inside it apart. */
export function returnsOf(block: ts.Node): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  ts.forEachChild(block, (child) => {
    if (ts.isFunctionLike(child)) return;
    if (ts.isReturnStatement(child) && child.expression !== undefined) found.push(child.expression);
    else found.push(...returnsOf(child));
  });
  return found;
}
