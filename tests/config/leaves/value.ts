/** What is known of a value without running the test that makes it. */
export type Value =
  | { readonly type: "unknown" }
  /** `whole` where no part of the text is unknown. */
  | { readonly type: "text"; readonly text: string; readonly whole: boolean }
  | { readonly type: "scalar"; readonly value: number | boolean | null }
  | { readonly type: "list"; readonly items: readonly Value[] }
  | { readonly type: "object"; readonly members: ReadonlyMap<string, Value> }
  | { readonly type: "choice"; readonly options: readonly Value[] };
