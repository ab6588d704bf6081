import assert from "node:assert/strict";
import { compileConditional } from "../../src/runtime/policies/conditional.ts";
import { compileContext } from "../support/compile_context.ts";
import { subjectOf } from "../support/subject.ts";

interface Entry {
  readonly does: string | undefined;
  readonly condition?: string;
}

function compiled(written: Entry | { readonly conditional: readonly Entry[] }) {
  const done: string[] = [];
  const places: string[] = [];
  const context = compileContext();
  const policy = compileConditional(written, ["at"], context, ({ does }, at) => {
    places.push(at.join("."));
    if (does === undefined) return undefined;
    return { name: "test", apply: () => void done.push(does) };
  });
  return { policy, done, places, problems: context.problems };
}

const ENTRIES: readonly Entry[] = [
  { condition: 'tier == "gold"', does: "gold" },
  { condition: 'tier != "none" && "x" in request.headers', does: "second" },
  { condition: 'tier == "free"', does: undefined },
  { does: "rest" },
];

const CHOICES: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
  [{ tier: "gold" }, ["gold"]],
  [{ tier: "silver" }, ["rest"]],
  [{ tier: "free" }, []],
  [{}, ["rest"]],
];

for (const [variables, wanted] of CHOICES) {
  Deno.test(`conditional() chooses for ${JSON.stringify(variables)}`, async () => {
    const { policy, done } = compiled({ conditional: ENTRIES });
    await policy?.apply(subjectOf(undefined, variables));
    assert.deepEqual(done, wanted);
    assert.equal(policy?.name, "test");
  });
}

Deno.test("conditional() applies nothing where no condition holds", async () => {
  const { policy, done } = compiled({ conditional: ENTRIES.slice(0, 1) });
  assert.equal(await policy?.apply(subjectOf()), undefined);
  assert.deepEqual(done, []);
});

Deno.test("conditional() gives the verdict of the policy it chose", async () => {
  const reply = { status: 200, headers: new Headers(), body: null };
  const written = { conditional: [{ condition: "false", status: 1 }, { status: 2 }] };
  const policy = compileConditional(written, [], compileContext(), ({ status }) => ({
    name: "test",
    apply: () => ({ ...reply, status }),
  }));
  assert.deepEqual(await policy?.apply(subjectOf()), { ...reply, status: 2 });
});

Deno.test("compileConditional() compiles the plain form as it is", async () => {
  const { policy, done, places } = compiled({ does: "plain" });
  await policy?.apply(subjectOf());
  assert.deepEqual({ done, places }, { done: ["plain"], places: ["at"] });
});

Deno.test("compileConditional() tells where conditions and entries are at fault", () => {
  const { places, problems } = compiled({
    conditional: [{ condition: "(", does: "x" }, ...ENTRIES],
  });
  assert.deepEqual(problems.map(({ path }) => path), [["at", "conditional", 0, "condition"]]);
  assert.deepEqual(places, [0, 1, 2, 3, 4].map((index) => `at.conditional.${index}`));
});

Deno.test("compileConditional() gives nothing where no entry does anything", () => {
  assert.equal(compiled({ conditional: [{ does: undefined }] }).policy, undefined);
});
