import { RE2JS, RE2JSSyntaxException } from "re2js";
import * as v from "valibot";
import { parseDurationMs } from "../../lib/duration.ts";
import { mapping } from "../../lib/mapping.ts";

/** A text that says something. */
export const Text = v.pipe(v.string(), v.nonEmpty("must not be empty"));

const DURATION = 'expected a duration such as "500ms", "30s" or "1m30s"';

/** A length of time in Go's syntax, kept as text; `parseDurationMs` reads it. */
export const Duration = v.pipe(
  v.string(DURATION),
  v.check((text) => parseDurationMs(text) !== undefined, DURATION),
);

/** A length of time that passes. */
export const LongDuration = v.pipe(
  Duration,
  v.check((text) => parseDurationMs(text) !== 0, "must be longer than 0"),
);

/** A regular expression in RE2's syntax, which cannot be made to run for ever. */
export const Regex = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? regexProblem(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
);

function regexProblem(text: string): string | undefined {
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (error) {
    const reason = error instanceof RE2JSSyntaxException ? `: ${error.getDescription()}` : "";
    return `must be a regular expression in RE2 syntax${reason}`;
  }
}

/** Members of a request body, by name; any JSON value. */
export const BodyMembers = mapping(v.string(), v.unknown());
